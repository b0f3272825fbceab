-- Marks a document as what it is: made from invented children, for whom, a draft. The same filter serves Quarto
-- and the portable renderer; the words come from build/current/metadata.yml. In PDF the marks are drawn by
-- report/styles/typst-show.typ, and in Word the running head is in build/current/reference.docx.

local function text(x) return x and pandoc.utils.stringify(x) or "" end

-- Whose document it is, of when and for whom: the last line of a page in HTML.
local function foot(meta)
  local marking = text(meta.marks.marking)
  local words = pandoc.Inlines(("%s. %s. For %s."):format(text(meta.authority), text(meta["quarter-words"]),
    text(meta["audience-label"])))
  if marking ~= "" then words:extend({ pandoc.Space(), pandoc.Strong(marking), pandoc.Str(".") }) end
  return pandoc.Div({ pandoc.Para(words) }, pandoc.Attr("", { "house-foot" }))
end

function Pandoc(doc)
  local meta = doc.meta
  local marks = meta.marks
  if not marks then
    error("build/current/metadata.yml is missing or empty; run: selfassess review")
  end
  -- A document rendered for one audience from findings made for another could show what was withheld.
  local profile, audience = text(meta["profile-audience"]), text(meta.audience)
  if profile ~= "" and profile ~= audience then
    error("the findings are for the audience '" .. audience .. "' and the profile is '" .. profile ..
      "'; run: selfassess review --audience " .. profile)
  end

  local first = pandoc.Blocks({})
  if FORMAT:match("html") and text(marks.head) ~= "" then
    first:insert(pandoc.Div({ pandoc.Para({ pandoc.Str(text(marks.head)) }) }, pandoc.Attr("", { "house-head" })))
  end
  if FORMAT:match("html") and marks.draft == true then
    first:insert(pandoc.Div({ pandoc.Para("DRAFT – not checked") }, pandoc.Attr("", { "house-draft" })))
  end
  if text(marks["simulated-title"]) ~= "" then
    if FORMAT:match("html") then
      first:insert(pandoc.Div({ pandoc.Para(text(marks["simulated-notice"])) },
        pandoc.Attr("", { "callout-important" }, { title = text(marks["simulated-title"]) })))
    elseif FORMAT == "docx" then
      -- Word's abstract stands between the title and the table of contents: on the first page.
      meta["abstract-title"] = marks["simulated-title"]
      meta.abstract = pandoc.Blocks({ pandoc.Para(text(marks["simulated-notice"])) })
    end
  end
  if marks.failures then
    local items = {}
    for _, failure in ipairs(marks.failures) do
      table.insert(items, { pandoc.Plain(pandoc.utils.type(failure) == "Inlines" and failure or text(failure)) })
    end
    first:insert(pandoc.Div({ pandoc.Para("This draft fails these checks, and can't be published until they pass."),
      pandoc.BulletList(items) }, pandoc.Attr("", { "callout-warning" }, { title = "Draft: not checked" })))
  end
  first:extend(doc.blocks)
  if FORMAT:match("html") then
    first:insert(foot(meta))
    meta.pagetitle = text(meta.title) .. ": " .. text(meta.authority)
  end
  doc.blocks = first
  doc.meta = meta
  return doc
end
