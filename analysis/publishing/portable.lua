-- The part of Quarto that our documents use, for Pandoc alone: conditional content, shortcodes, cross-references,
-- numbered sections, figures and tables, callouts, and alternative text in every format. Wording is Quarto's.
-- What is not supported or can't be resolved is reported on standard error, one line each:
--   portable<TAB>kind<TAB>text to find in the source<TAB>message

local NBSP = utf8.char(160)
local IS = { html = FORMAT:match("html") ~= nil, typst = FORMAT == "typst", docx = FORMAT == "docx" }
local settings = {}
local entries = {} -- label -> { kind, number }
local WORDS = { fig = "Figure", tbl = "Table", sec = "Section" }
local KINDS = { note = "Note", tip = "Tip", warning = "Warning", important = "Important", caution = "Caution" }
-- Quarto's colours of each kind's edge and ground.
local COLOURS = { note = { "#0758e5", "#dae6fb" }, tip = { "#00a047", "#ccf1e3" }, warning = { "#eb9113", "#fcefdc" },
  important = { "#cc1914", "#f7dddc" }, caution = { "#fc5300", "#ffe5d0" } }
local DIV_CLASSES = { ["content-visible"] = true, ["content-hidden"] = true, ["house-head"] = true,
  ["house-draft"] = true, ["house-foot"] = true, ["evidence-register"] = true,
  ["glossary"] = true }
local SPAN_CLASSES = { ["content-visible"] = true, ["content-hidden"] = true, ["shortcode"] = true, ["claim"] = true }
local CONDITIONS = { "when-format", "unless-format", "when-profile", "unless-profile", "when-meta", "unless-meta" }
local FORMATS = { html = { "html", "html5" }, typst = { "typst", "pdf" }, docx = { "docx" } }

local function report(kind, token, message)
  io.stderr:write("portable\t" .. kind .. "\t" .. token:gsub("%s+", " ") .. "\t" .. message .. "\n")
end

local function text(x) return pandoc.utils.stringify(x or "") end

local function has(list, item)
  for _, x in ipairs(list) do if x == item then return true end end
  return false
end

local function look_up(tree, key)
  for step in key:gmatch("[^.]+") do
    if type(tree) ~= "table" then return nil end
    tree = tree[step]
  end
  return tree
end

-- Refusals -----------------------------------------------------------------------------------------------------

local function callout_kind(el)
  for _, class in ipairs(el.classes) do
    local kind = class:match("^callout%-(.+)$")
    if kind and KINDS[kind] then return kind end
  end
end

local function refuse_attributes(el, allowed)
  for key, _ in pairs(el.attributes) do
    if not allowed[key] then report("unsupported", key, "the attribute '" .. key .. "' is not supported") end
  end
end

local CONDITIONAL = {}
for _, condition in ipairs(CONDITIONS) do CONDITIONAL[condition] = true end

local refusals = {
  Div = function(el)
    local kind = callout_kind(el)
    for _, class in ipairs(el.classes) do
      if not (DIV_CLASSES[class] or (kind and class == "callout-" .. kind)) then
        report("unsupported", class, "the class '." .. class .. "' is not supported")
      end
    end
    if el.identifier:match("^fig%-") or el.identifier:match("^tbl%-") then
      report("unsupported", el.identifier, "a figure or table made of a block (" .. el.identifier .. ") is not supported")
    end
    refuse_attributes(el, kind and { title = true } or CONDITIONAL)
  end,
  Span = function(el)
    for _, class in ipairs(el.classes) do
      if not SPAN_CLASSES[class] then report("unsupported", class, "the class '." .. class .. "' is not supported") end
    end
    -- What a claim says is checked with the claims (analysis/publishing/claims).
    if not (el.classes:includes("shortcode") or el.classes:includes("claim")) then refuse_attributes(el, CONDITIONAL) end
  end,
  Header = function(el)
    for _, class in ipairs(el.classes) do
      if class ~= "unnumbered" then
        report("unsupported", class, "the class '." .. class .. "' is not supported on a heading")
      end
    end
    refuse_attributes(el, {})
  end,
  Image = function(el)
    for _, class in ipairs(el.classes) do
      report("unsupported", class, "the class '." .. class .. "' is not supported on an image")
    end
    refuse_attributes(el, { ["fig-alt"] = true, alt = true })
    if text(el.attributes["fig-alt"] or el.attributes["alt"]) == "" then
      report("alternative-text", el.src:gsub("%.%a+$", ""), "this image has no alternative text (fig-alt)")
    end
  end,
  Code = function(el)
    if #el.classes > 0 then report("unsupported", el.text, "code with a class is not supported") end
  end,
  CodeBlock = function(el)
    if #el.classes > 0 and el.classes[1]:match("[{}]") then
      report("unsupported", el.classes[1], "a code cell is not supported")
    end
    refuse_attributes(el, {})
  end,
  RawBlock = function(el) report("unsupported", el.text:match("[^\n]+") or "", "raw " .. el.format .. " is not supported") end,
  RawInline = function(el) report("unsupported", el.text, "raw " .. el.format .. " is not supported") end,
  Math = function(el) report("unsupported", el.text, "mathematics is not supported") end,
  Cite = function(el)
    for _, citation in ipairs(el.citations) do
      if not WORDS[citation.id:match("^(%a+)%-") or ""] then
        report("unsupported", "@" .. citation.id, "the citation @" .. citation.id .. " is not supported")
      elseif #citation.suffix > 0 then
        report("unsupported", "@" .. citation.id, "words after the reference @" .. citation.id .. " are not supported")
      end
    end
  end,
}

-- Conditional content --------------------------------------------------------------------------------------------

local function matches(attributes)
  local tests = {
    format = function(v) return has(FORMATS[FORMAT:gsub("5$", "")] or { FORMAT }, v) end,
    profile = function(v) return settings.profile == v end,
    meta = function(v)
      local found = look_up(settings.meta, v)
      return type(found) == "boolean" and found
    end,
  }
  for what, test in pairs(tests) do
    local when, unless = attributes["when-" .. what], attributes["unless-" .. what]
    if when and not test(when) then return false end
    if unless and test(unless) then return false end
  end
  return true
end

local function conditional(el)
  local visible, hidden = el.classes:includes("content-visible"), el.classes:includes("content-hidden")
  if not (visible or hidden) then return nil end
  if visible ~= matches(el.attributes) then return {} end
  return el.content
end

-- Shortcodes -----------------------------------------------------------------------------------------------------

local function shortcode(el)
  if not el.classes:includes("shortcode") then return nil end
  local name, key = el.attributes.name, el.attributes.key
  local found = look_up(name == "var" and settings.variables or settings.meta, key)
  if found == nil or (type(found) == "table" and #found == 0 and pandoc.utils.type(found) == "table") then
    report("value", 'key="' .. key .. '"', "there is no " .. (name == "var" and "value" or "metadata") .. " named '" .. key .. "'")
    return pandoc.Strong("?" .. name .. ":" .. key)
  end
  if pandoc.utils.type(found) == "Blocks" then return pandoc.utils.blocks_to_inlines(found) end
  if pandoc.utils.type(found) == "Inlines" then return found end
  return pandoc.Str(tostring(found))
end

-- Numbers --------------------------------------------------------------------------------------------------------

local function numbering(doc)
  local section, counts = { 0, 0, 0, 0, 0, 0 }, { fig = 0, tbl = 0 }
  local function count(id, kind, el)
    if id:match("^" .. kind .. "%-") then
      if entries[id] then report("reference", id, "the label " .. id .. " is used twice") end
      counts[kind] = counts[kind] + 1
      entries[id] = { kind = kind, number = tostring(counts[kind]) }
      return counts[kind]
    end
  end
  return doc:walk({
    traverse = "topdown",
    Header = function(el)
      if el.classes:includes("unnumbered") then return nil end
      section[el.level] = section[el.level] + 1
      for level = el.level + 1, 6 do section[level] = 0 end
      local number = table.concat(section, ".", 1, el.level)
      if el.identifier:match("^sec%-") then entries[el.identifier] = { kind = "sec", number = number } end
      if IS.html then
        el.content:insert(1, pandoc.Space())
        el.content:insert(1, pandoc.Span(number, pandoc.Attr("", { "header-section-number" })))
      elseif IS.docx then
        el.content:insert(1, pandoc.Space())
        el.content:insert(1, pandoc.Str(el.level == 1 and number .. "." or number))
      end
      return el
    end,
    Figure = function(el) count(el.identifier, "fig", el) end,
    Table = function(el)
      count(el.identifier, "tbl", el)
      return nil, false
    end,
  })
end

local function reference(el)
  local out = pandoc.Inlines({})
  for i, citation in ipairs(el.citations) do
    local entry = entries[citation.id]
    if i > 1 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
    if not entry then
      report("reference", "@" .. citation.id, "the reference @" .. citation.id .. " leads nowhere in this document")
      out:insert(pandoc.Strong("?@" .. citation.id))
    else
      local words = pandoc.Inlines({})
      if #citation.prefix > 0 then
        words:extend(citation.prefix)
        words:insert(pandoc.Str(NBSP))
      elseif citation.mode ~= "SuppressAuthor" then
        words:insert(pandoc.Str(WORDS[entry.kind] .. NBSP))
      end
      words:insert(pandoc.Str(entry.number))
      out:insert(pandoc.Link(words, "#" .. citation.id, "", pandoc.Attr("", IS.html and { "quarto-xref" } or {})))
    end
  end
  return out
end

-- Figures, tables, callouts, by format ---------------------------------------------------------------------------

local function labelled(caption, id)
  local entry = entries[id]
  local words = pandoc.utils.blocks_to_inlines(caption.long)
  if not entry or IS.typst then return words end
  local before = pandoc.Inlines({ pandoc.Str(WORDS[entry.kind] .. NBSP .. entry.number .. ":"), pandoc.Space() })
  before:extend(words)
  return before
end

local function typst_string(s) return '"' .. s:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end

local function float(content, caption, id, position)
  local kind = id:match("^(%a+)%-")
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#figure([") })
  blocks:extend(content)
  blocks:insert(pandoc.RawBlock("typst", "], caption: figure.caption(position: " .. position .. ", ["))
  blocks:insert(pandoc.Plain(caption))
  local numbered = entries[id] and ', kind: "quarto-float-' .. kind .. '", supplement: "' .. WORDS[kind] .. '")<' .. id .. ">"
    or ", kind: image, numbering: none)"
  blocks:insert(pandoc.RawBlock("typst", "])" .. numbered))
  return blocks
end

local function place(src)
  if src:sub(1, 1) == "/" then return src:sub(2) end
  return settings.folder == "" and src or settings.folder .. "/" .. src
end

local function image(el)
  local alt = el.attributes["fig-alt"] or el.attributes["alt"] or ""
  el.src = place(el.src)
  el.attributes = {}
  if IS.typst then
    return pandoc.RawInline("typst", "#box(image(" .. typst_string("/" .. el.src) .. ", alt: " .. typst_string(alt) .. "))")
  end
  -- Pandoc writes the description as alt in HTML and as descr in Word.
  el.caption = pandoc.Inlines(alt)
  if IS.html then el.attributes.alt = alt end
  if IS.docx then el.attributes.width = "74%" end
  return el
end

local function figure(el)
  local caption = labelled(el.caption, el.identifier)
  if IS.typst then return float(el.content, caption, el.identifier, "bottom") end
  if IS.docx and el.identifier ~= "" then
    -- Word finds the figure by a bookmark on its caption.
    caption = pandoc.Inlines({ pandoc.Span(caption, pandoc.Attr(el.identifier)) })
    el.identifier = ""
  end
  el.caption.long = { pandoc.Plain(caption) }
  return el
end

local function a_table(el)
  local id = el.identifier
  local caption = labelled(el.caption, id)
  if IS.typst then
    el.caption.long = {}
    el.identifier = ""
    el.classes:insert("typst:no-figure")
    if #caption == 0 then return el, false end
    return float(pandoc.Blocks({ el }), caption, id, "top"), false
  end
  if IS.docx and id ~= "" then
    caption = pandoc.Inlines({ pandoc.Span(caption, pandoc.Attr(id)) })
    el.identifier = ""
  end
  if IS.html and #caption > 0 then
    -- A wide table moves sideways on a phone; its caption stays in view.
    el.caption.long = { pandoc.Plain({ pandoc.Span(caption, pandoc.Attr("", { "stays" })) }) }
  elseif #caption > 0 then
    el.caption.long = { pandoc.Plain(caption) }
  end
  if not IS.html then return el, false end
  return pandoc.Div({ el }, pandoc.Attr("", { "table-scroll" }, {
    { "tabindex", "0" }, { "role", "region" }, { "aria-label", text(caption) ~= "" and text(caption) or "Table" },
  })), false
end

local function callout(el)
  local kind = callout_kind(el)
  if not kind then return nil end
  local title = el.attributes.title and pandoc.utils.blocks_to_inlines(pandoc.read(el.attributes.title, "markdown").blocks)
  if not title and el.content[1] and el.content[1].t == "Header" then
    title = el.content[1].content
    el.content:remove(1)
  end
  local named = title ~= nil
  title = title or pandoc.Inlines(KINDS[kind])
  if IS.typst then
    local edge, fill = table.unpack(COLOURS[kind])
    -- In a block of its own, as Quarto has it: the spaces around the two are then the same.
    local begin = '#block[\n#callout(icon_color: rgb("' .. edge .. '"), background_color: rgb("' .. fill .. '"), title: ['
    local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", begin), pandoc.Plain(title), pandoc.RawBlock("typst", "], body: [") })
    blocks:extend(el.content)
    blocks:insert(pandoc.RawBlock("typst", "])\n]"))
    return blocks
  elseif IS.docx then
    local blocks = pandoc.Blocks({ pandoc.Para({ pandoc.Strong(title) }) })
    blocks:extend(el.content)
    -- A box in Word is a table of one cell, as in Quarto's Word documents.
    blocks:insert(1, pandoc.RawBlock("openxml", '<w:tbl><w:tblPr><w:tblStyle w:val="Callout' .. KINDS[kind] ..
      '"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>'))
    -- Word wants a paragraph last in a cell, and another between two tables.
    blocks:insert(pandoc.RawBlock("openxml", "<w:p><w:pPr><w:pStyle w:val=\"Compact\"/><w:spacing w:before=\"0\" w:after=\"0\" " ..
      'w:line="20" w:lineRule="exact"/></w:pPr></w:p></w:tc></w:tr></w:tbl><w:p/>'))
    return blocks
  end
  -- The kind is said to those who can't see the colour, as Quarto says it.
  if named then
    title:insert(1, pandoc.Space())
    title:insert(1, pandoc.Span(KINDS[kind], pandoc.Attr("", { "screen-reader-only" })))
  end
  local head = pandoc.Div({ pandoc.Plain(title) }, pandoc.Attr("", { "callout-title-container" }))
  local body = pandoc.Div(el.content, pandoc.Attr("", { "callout-body" }))
  return pandoc.Div({ head, body }, pandoc.Attr(el.identifier, { "callout", "callout-" .. kind }))
end

function Pandoc(doc)
  settings.meta = doc.meta
  settings.variables = doc.meta["portable-variables"] or {}
  -- Values are ours: they hold the mark of what they are bound to, which narrative may not set.
  doc.meta["portable-variables"] = nil
  settings.profile = text(doc.meta["portable-profile"])
  settings.folder = text(doc.meta["portable-folder"])
  doc:walk(refusals)
  doc = doc:walk({ Div = conditional, Span = conditional })
  doc = doc:walk({ Span = shortcode })
  -- A callout's heading is its title, so it goes before headings are numbered.
  doc = doc:walk({ Div = callout })
  doc = numbering(doc)
  doc = doc:walk({ Cite = reference })
  doc = doc:walk({ Image = image })
  doc = doc:walk({ traverse = "topdown", Figure = figure, Table = a_table })
  return doc
end
