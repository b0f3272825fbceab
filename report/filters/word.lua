-- What Word needs and Quarto doesn't give: alternative text, and figures and tables that stand by themselves, where
-- Quarto puts each into a table of one cell, with that table's rules around it and its text in the middle.
-- Runs after Quarto's own filters: fig-alt is in alt by then, and figures and tables have their numbers.

local NBSP = utf8.char(160)

function Image(image)
  if FORMAT ~= "docx" then return nil end
  local alt = image.attributes["fig-alt"] or image.attributes["alt"]
  if alt and alt ~= "" then
    -- Pandoc writes an image's description, not its alt attribute, as alternative text.
    image.caption = pandoc.Inlines(alt)
    -- As in the PDF: charts stand beside their text on one page.
    image.attributes.width = "74%"
    return image
  end
end

-- Quarto's words for what has a label: a reference finds it by the bookmark on its caption.
local function caption(float)
  local words = pandoc.Inlines({ pandoc.Str(float.type .. NBSP .. float.order.order .. ":"), pandoc.Space() })
  words:extend(pandoc.utils.blocks_to_inlines(pandoc.Blocks(float.caption_long)))
  return { pandoc.Plain({ pandoc.Span(words, pandoc.Attr(float.identifier)) }) }
end

function FloatRefTarget(float)
  if FORMAT ~= "docx" or not float.order then return nil end
  local content = pandoc.Blocks(float.content)
  if float.type == "Table" and #content == 1 and content[1].t == "Table" then
    content[1].caption.long = caption(float)
    return content[1]
  elseif float.type == "Figure" then
    return pandoc.Figure(content, { long = caption(float) })
  end
end
