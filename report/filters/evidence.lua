-- Says where each figure comes from: a bound value, sentence or claim is a link to its line in the register, and in HTML
-- shows its source on hover, focus and tap. The same filter serves Quarto and the portable renderer; the words come from
-- build/current/evidence.json and claims.json. It runs last, when shortcodes and references are in place.

local HTML = FORMAT:match("html") ~= nil
local values, claims = {}, {}
local register = false
local portable = false
local used, order = {}, {}

-- Two taps where nothing can hover: the first shows the source, the second goes to the register. Escape closes.
local SCRIPT = [[<script>
(() => {
  const bound = at => at instanceof Element ? at.closest("a.bound") : null;
  const close = but => document.querySelectorAll("a.bound.shown").forEach(a => a !== but && a.classList.remove("shown"));
  document.addEventListener("click", event => {
    const a = bound(event.target);
    close(a);
    if (a && matchMedia("(hover: none)").matches && !a.classList.contains("shown")) {
      event.preventDefault();
      a.classList.add("shown");
    }
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    close();
    document.querySelectorAll("a.bound:is(:hover, :focus)").forEach(a => a.classList.add("dismissed"));
  });
  for (const leaving of ["mouseout", "focusout"])
    document.addEventListener(leaving, event => bound(event.target)?.classList.remove("dismissed"));
})();
</script>]]

local function read(name)
  local home = quarto and quarto.project and quarto.project.directory or "."
  local file = io.open(home .. "/build/current/" .. name, "rb")
  if not file then return {} end
  local found = pandoc.json.decode(file:read("a"), false)
  file:close()
  return found or {}
end

local function use(kind, name, entry)
  if portable then io.stderr:write("portable\tused\t" .. kind .. "\t" .. name .. "\n") end
  if not used[entry.id] and entry.kind ~= "words" then
    used[entry.id] = true
    table.insert(order, entry)
  end
end

local function link(content, entry, class)
  if not (HTML and register) then return content end
  return { pandoc.Link(content, "#" .. entry.id, "", pandoc.Attr("", { "bound", class },
    { { "aria-describedby", entry.id }, { "data-source", entry.about } })) }
end

local function value(el, plain)
  local name = el.attributes.name
  local entry = values[name]
  if not entry then return el.content end
  use("value", name, entry)
  if plain or entry.kind == "words" then return el.content end
  return link(el.content, entry, "bound-" .. entry.kind)
end

local function key(el)
  local names = {}
  for name, _ in pairs(el.attributes) do table.insert(names, name) end
  table.sort(names)
  for i, name in ipairs(names) do names[i] = name .. "=" .. el.attributes[name] end
  return table.concat(names, ";")
end

-- A link can't hold another, so a claim that holds values or references is a link in its longest stretch of plain words.
local function around(content, entry)
  local stretches, longest = { pandoc.Inlines({}) }, 1
  for _, inline in ipairs(content) do
    local inside = false
    pandoc.Inlines({ inline }):walk({ Link = function() inside = true end, Note = function() inside = true end })
    if inside then
      table.insert(stretches, inline)
      table.insert(stretches, pandoc.Inlines({}))
    else
      stretches[#stretches]:insert(inline)
    end
  end
  local function length(x) return pandoc.utils.type(x) == "Inlines" and #pandoc.utils.stringify(x) or -1 end
  for i, stretch in ipairs(stretches) do if length(stretch) > length(stretches[longest]) then longest = i end end
  local out = pandoc.Inlines({})
  for i, stretch in ipairs(stretches) do
    if pandoc.utils.type(stretch) ~= "Inlines" then out:insert(stretch)
    elseif i == longest and #stretch > 0 then out:extend(link(stretch, entry, "bound-claim"))
    else out:extend(stretch) end
  end
  return out
end

local function bind(plain)
  return {
    traverse = "topdown",
    Header = function(el) return el:walk(bind(true)), false end,
    Span = function(el)
      if el.classes:includes("bound") then return value(el, plain), false end
      if not el.classes:includes("claim") then return nil end
      local name = key(el)
      local entry = claims[name]
      local content = el.content:walk(bind(plain))
      if not entry then return content, false end
      use("claim", name, entry)
      if not plain then content = around(content, entry) end
      if not entry.holds then
        content:extend({ pandoc.Space(), pandoc.Strong({ pandoc.Str("[?claim]") }) })
      end
      return content, false
    end,
  }
end

-- The register ------------------------------------------------------------------------------------------------------

local function cell(inlines) return { pandoc.Plain(inlines) } end

local function marked(entry, words)
  local inlines = pandoc.Inlines(words)
  return HTML and pandoc.Inlines({ pandoc.Span(inlines, pandoc.Attr(entry.id)) }) or inlines
end

local function a_table(label, headings, widths, rows)
  local heads = {}
  for i, heading in ipairs(headings) do heads[i] = cell(pandoc.Inlines(heading)) end
  local aligns = {}
  for i = 1, #headings do aligns[i] = pandoc.AlignLeft end
  local made = pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, heads, rows))
  if FORMAT == "typst" then made.classes:insert("typst:no-figure") end
  -- A style of the reference document, small as the PDF's.
  if FORMAT == "docx" then made.attributes["custom-style"] = "Register" end
  if not HTML then return made end
  return pandoc.Div({ made }, pandoc.Attr("", { "evidence-table" },
    { { "tabindex", "0" }, { "role", "region" }, { "aria-label", label } }))
end

-- One row a measure, its figures in the order of the pages.
local function figures()
  local groups, by_name = {}, {}
  for _, entry in ipairs(order) do
    if entry.kind ~= "claim" then
      local group = by_name[entry.group]
      if not group then
        group = { title = entry.title, from = entry.from, sources = {}, figures = pandoc.Inlines({}) }
        by_name[entry.group] = group
        table.insert(groups, group)
      end
      if #group.figures > 0 then group.figures:extend({ pandoc.Str(";"), pandoc.Space() }) end
      group.figures:extend(marked(entry, entry.shown))
      for _, source in ipairs(entry.sources) do
        if not group.sources[source] then
          group.sources[source] = true
          table.insert(group.sources, source)
        end
      end
    end
  end
  local rows = {}
  for _, group in ipairs(groups) do
    local from = table.concat(group.sources, "; ")
    from = group.from .. (from ~= "" and "; published: " .. from or "")
    table.insert(rows, { cell(pandoc.Inlines(group.title)), cell(group.figures), cell(pandoc.Inlines(from)) })
  end
  return rows
end

local function said()
  local rows = {}
  for _, entry in ipairs(order) do
    if entry.kind == "claim" then
      table.insert(rows, { cell(marked(entry, "“" .. entry.words .. "”")),
        cell(pandoc.Inlines((entry.title ~= "" and entry.title .. ": " or "") .. entry.says)),
        cell(pandoc.Inlines(entry.shown .. (entry.holds and "" or ". It doesn’t hold."))) })
    end
  end
  return rows
end

-- The register is for looking things up, so that it is printed smaller than what is read.
local SMALL = "#[\n#show table: set text(size: 7.5pt)\n#set table(inset: (x: 4pt, y: 2pt))"

local function small(blocks)
  if FORMAT ~= "typst" then return blocks end
  blocks:insert(1, pandoc.RawBlock("typst", SMALL))
  blocks:insert(pandoc.RawBlock("typst", "]"))
  return blocks
end

local function filled(el)
  if not el.classes:includes("evidence-register") then return nil end
  local blocks = pandoc.Blocks(el.content)
  local bound, claimed = figures(), said()
  if #bound > 0 then
    blocks:insert(a_table("Figures and where they come from", { "Measure", "Figures in this document", "From" },
      { 0.26, 0.48, 0.26 }, bound))
  end
  if #claimed > 0 then
    blocks:insert(pandoc.Para(pandoc.Inlines("Sentences that say how things changed or compare are tested against the records as they are known now, and against chance:")))
    blocks:insert(a_table("Claims and what the data say", { "Words", "Claim", "What the data say" }, { 0.34, 0.3, 0.36 }, claimed))
  end
  return small(blocks)
end

function Pandoc(doc)
  values, claims = read("evidence.json"), read("claims.json")
  portable = doc.meta["portable-profile"] ~= nil
  doc.blocks:walk({ Div = function(el) register = register or el.classes:includes("evidence-register") end })
  doc.blocks = doc.blocks:walk(bind(false))
  doc.blocks = doc.blocks:walk({ Div = filled })
  if HTML and register then doc.blocks:insert(pandoc.RawBlock("html", SCRIPT)) end
  return doc
end
