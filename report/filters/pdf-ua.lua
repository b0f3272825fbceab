-- Typesets the PDF a second time, as PDF/UA-1: Typst then refuses to write one that breaks the standard. Quarto runs
-- this after a render. Its own `pdf-standard: ua-1` passes the same option to Typst, and then warns in every render
-- where veraPDF, a Java program, is not installed to give a second opinion.

local windows = pandoc.system.os == "mingw32"
local folder = os.getenv("QUARTO_BIN_PATH")

local function typeset(source, pdf)
  local arguments = { "typst", "compile", "--root", ".", "--package-cache-path", ".quarto/typst/packages",
    "--ignore-system-fonts", "--pdf-standard", "ua-1", source, pdf }
  if windows then
    return pandoc.pipe("cmd", { "/c", "quarto", table.unpack(arguments) }, "")
  end
  return pandoc.pipe(folder and folder .. "/quarto" or "quarto", arguments, "")
end

for output in (os.getenv("QUARTO_PROJECT_OUTPUT_FILES") or ""):gmatch("[^\r\n]+") do
  if output:match("%.pdf$") then
    -- `keep-typ` leaves Typst's source beside the document's.
    local source = output:gsub("\\", "/"):gsub("^build/quarto/", ""):gsub("%.pdf$", ".typ")
    -- What breaks the standard must not be left lying about as if it kept it.
    os.remove(output)
    typeset(source, output)
    os.remove(source)
  end
end
