-- Trees of small tables, and strings: nearly all of it is allocating and freeing. ROUNDS
local function tree(depth) if depth == 0 then return {} end return {tree(depth - 1), tree(depth - 1)} end
local function count(t) return t[1] and count(t[1]) + count(t[2]) + 1 or 1 end
local sum, text = 0, {}
for round = 1, tonumber(arg[1]) do
  for i = 1, 20 do sum = sum + count(tree(13)) end
  for i = 1, 100000 do text[i % 1000] = "item " .. i end
end
print(sum)
