-- Tables with many words in a row: on a phone each row is read as a card, every cell under its column's heading, so that
-- nothing has to be moved sideways (report/styles/marks.css). The same filter serves Quarto and the portable renderer.

-- A phone's width holds less than half of such a row; what is shorter is quicker to look up in columns.
local MANY_CHARACTERS = 95

local function text(blocks) return (pandoc.utils.stringify(blocks):gsub("%s+", " ")) end

local function wordy(rows)
  local characters = 0
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do characters = characters + utf8.len(text(cell.contents)) end
  end
  return characters > MANY_CHARACTERS * #rows
end

function Table(el)
  local head = el.head.rows[1]
  local rows = {}
  for _, body in ipairs(el.bodies) do
    for _, row in ipairs(body.body) do table.insert(rows, row) end
  end
  if not FORMAT:match("html") or not head or #el.colspecs < 3 or not wordy(rows) then return nil end
  local headings = {}
  for i, cell in ipairs(head.cells) do
    headings[i] = text(cell.contents)
    cell.attributes.role = "columnheader"
  end
  head.attributes.role = "row"
  -- Rows that are laid out as cards stay rows of a table to whoever hears them.
  el.attributes.role = "table"
  el.classes:insert("wordy")
  for _, body in ipairs(el.bodies) do
    body.attributes.role = "rowgroup"
    for _, row in ipairs(body.body) do
      row.attributes.role = "row"
      for i, cell in ipairs(row.cells) do
        cell.attributes.role = "cell"
        cell.attributes["data-heading"] = headings[i]
      end
    end
  end
  el.head.attributes.role = "rowgroup"
  return el
end
