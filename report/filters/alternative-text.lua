-- Pandoc writes an image's description, not its alt attribute, as alternative text in Word. Runs after Quarto's own
-- filters, which have put the text of fig-alt into alt by then.

function Image(image)
  if FORMAT ~= "docx" then return nil end
  local alt = image.attributes["fig-alt"] or image.attributes["alt"]
  if alt and alt ~= "" then
    image.caption = pandoc.Inlines(alt)
    return image
  end
end
