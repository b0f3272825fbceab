-- The documents share one glossary; each shows the entries whose acronym, or words, stand elsewhere in it.
-- The same filter serves Quarto and the portable renderer; it runs when values are in place, before the register is made.

local function words_of(blocks)
  local words = {}
  blocks:walk({
    traverse = "topdown",
    Div = function(el) if el.classes:includes("glossary") then return el, false end end,
    Str = function(el) table.insert(words, el.text) end,
  })
  return " " .. table.concat(words, " ") .. " "
end

-- "MASH", "SSDA903", "DfE": two capitals or more, perhaps with a small letter between them.
local function acronym(term)
  for word in term:gmatch("[%w&]+") do
    local name = word:match("^(%u%l?%u+%d*)s?$") or word:match("^%u&%u$")
    if name then return name end
  end
end

local function stands_in(words, wanted)
  local escaped = wanted:gsub("%W", "%%%0")
  return words:match("%f[%w]" .. escaped .. "%f[^%w]") or words:match("%f[%w]" .. escaped .. "s%f[^%w]")
end

-- "Section 47 enquiry" stands in "section 47 enquiries", too.
local function spoken_of(words, term)
  return words:lower():find(" " .. (term:lower():gsub("[ys]$", "")), 1, true) ~= nil
end

function Pandoc(doc)
  local words
  doc.blocks = doc.blocks:walk({
    Div = function(el)
      if not el.classes:includes("glossary") then return nil end
      words = words or words_of(doc.blocks)
      return el.content:walk({
        DefinitionList = function(list)
          local kept = {}
          for _, item in ipairs(list.content) do
            local term = pandoc.utils.stringify(item[1])
            local name = acronym(term)
            if name and stands_in(words, name) or not name and spoken_of(words, term) then table.insert(kept, item) end
          end
          return #kept > 0 and pandoc.DefinitionList(kept) or pandoc.Para(pandoc.Inlines("No acronym or term of the glossary is used in this document."))
        end,
      })
    end,
  })
  return doc
end
