-- Uses every library of Lua, errors included; prints what it computes.
local log = {}
local function say(...) log[#log + 1] = table.concat({...}, " ") end

-- numbers, control flow, goto, varargs, integer division, bits
local function mixed(...)
  local sum = select("#", ...)
  for i, v in ipairs({...}) do sum = sum + i * (tonumber(v) or 0) end
  return sum
end
say("mixed", mixed(1, "2", 0x10, "x"), 7 // 2, 7.5 // 2, 7 % -3, 2 ^ 10, 5 & 3, 5 | 3, 5 ~ 3, ~0, 1 << 4, 256 >> 4)
for i = 10, 1, -3 do if i == 4 then goto next end say("down", i) ::next:: end
local n = 0 repeat n = n + 1 until n > 5 while n > 0 do n = n - 2 end

-- strings
local s = ("lua "):rep(50)
say(#s, s:find("a l", 1, true), s:gsub("l(u)a", "%1"), s:upper():lower():reverse():sub(-5, -2), s:byte(1, 3))
say(("%5.2f|%-6d|%x|%q|%s|%i|%g|%a|%c"):format(3.14159, 42, 255, "a\nb\0", nil, 7, 1e20, 1.0, 65))
for k, v in ("a=1, b=2, c=3"):gmatch("(%w+)=(%w+)") do say(k, v) end
say(string.pack("<i4z s1 d", 7, "zero", "one", 1.5):len(), string.unpack("<i4", "\1\2\3\4"), string.packsize("i8i4"))
say(utf8.char(228, 8364, 128512), utf8.len("äöü"), utf8.codepoint("€", 1), utf8.offset("aäb", 3))
for _, c in utf8.codes("hé") do say(c) end
say(("x"):rep(3, ","), ("%bxy"):len(), ("THE (quick) fox"):find("%((%a+)%)"), ("f(a(b)c)d"):match("%b()"))

-- tables
local t = {}
for i = 1, 2000 do t[i] = (i * 7919) % 2003 end
table.sort(t)
table.sort(t, function(a, b) return a > b end)
table.insert(t, 1, 5) table.insert(t, 6) table.remove(t, 1) table.remove(t)
say(table.concat(t, ",", 1, 5), table.unpack({1, 2, 3}), #table.pack(1, nil, 3), table.move({1, 2, 3}, 1, 3, 2)[3])
local h = {} for i = 1, 500 do h["k" .. i] = i end for i = 1, 500, 2 do h["k" .. i] = nil end
local count = 0 for _ in pairs(h) do count = count + 1 end say("left", count, next({}))

-- metatables, closures, inheritance
local V = {} V.__index = V
V.__add = function(a, b) return setmetatable({x = a.x + b.x}, V) end
V.__eq = function(a, b) return a.x == b.x end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__len = function(a) return a.x end
V.__call = function(self, y) return self.x + y end
V.__tostring = function(a) return "V" .. a.x end
V.__concat = function(a, b) return tostring(a) .. tostring(b) end
V.__unm = function(a) return setmetatable({x = -a.x}, V) end
V.__close = function() say("closed") end
local a, b = setmetatable({x = 1}, V), setmetatable({x = 2}, V)
say(tostring(a + b), tostring(a == b), tostring(a < b), tostring(a <= b), #a, a(5), a .. b, tostring(-a))
do local c <close> = a end
say(rawget(a, "x"), rawlen({1, 2}), tostring(rawequal(a, a)), getmetatable("").__index == string and "str" or "no")

-- coroutines
local gen = coroutine.wrap(function(...) local x = ... for i = 1, 3 do x = coroutine.yield(x + i) end return "end" end)
say(gen(1), gen(2), gen(3), gen(4))
local co = coroutine.create(function() error({code = 7}) end)
local ok, e = coroutine.resume(co)
say(tostring(ok), e.code, coroutine.status(co), tostring(coroutine.isyieldable()), tostring(coroutine.close(co)))

-- errors
say(tostring(pcall(error, "x", 0)), tostring(select(2, pcall(function() local q = nil; return q.x end))))
say(tostring(xpcall(function() error("deep") end, function(m) return debug.traceback(m, 1):sub(1, 10) end)))
say(select(2, pcall(string.rep, "x", -1)), select(2, pcall(string.format, "%d", 1.5)), tostring(pcall(setmetatable, 1, 2)))
say(tostring(load("return 1 +")), tostring(select(2, load("x ="))), load("return ...")(9))

-- load, dump, require
local f = load(string.dump(function(x) return x * 2 end)) say(f(21))
local long = {} for i = 1, 300 do long[#long + 1] = "local v" .. i % 150 .. " = " .. i .. " do local a = {x=1,[2]=3;4} a.x = -a.x end" if i == 150 then break end end
say(load(table.concat(long, "\n") .. "\nreturn v3, 0x1p4, 1e2, 'a\\z  b\\x41\\u{48}', [==[long]==]")())
package.preload.m = function() return {answer = 42} end say(require("m").answer, package.config:sub(1, 1))
say(tostring(pcall(require, "no.such.module")))

-- math
math.randomseed(42)
for i = 1, 10 do math.random(100) math.random() math.random(5, 9) end
say(math.floor(3.7), math.ceil(3.2), math.max(1, 5, 3), math.min(4, 2), math.type(1), math.type(1.0), math.tointeger(3.0))
say(math.abs(-3), math.fmod(7, 3), math.sqrt(16), math.huge, -math.huge, math.pi, math.ult(1, -1) and "ult" or "", math.modf(3.5))
say(math.sin(1), math.cos(1), math.tan(1), math.exp(1), math.log(8, 2), math.log(100, 10), math.log(3), math.deg(1), math.rad(90))

-- io, os
local name = os.tmpname()
local out = assert(io.open(name, "w")) out:write("one\n", 2, "\nthree\n") out:setvbuf("full") out:close()
for line in io.lines(name) do say(line) end
local inp = io.open(name) say(inp:read("l", "n", "L", "a")) say(inp:seek("set", 1), inp:read(2)) inp:close()
say(tostring(io.open("/no/such/file")), io.type(inp), tostring(os.remove(name)), type(os.time()), os.date("!%Y", 0), os.getenv("NO_SUCH") or "unset")
say(os.time({year = 2020, month = 1, day = 1, hour = 12}) > 0 and "time" or "", os.difftime(2, 1), type(os.clock()))

-- debug, gc
local info = debug.getinfo(1, "nSlutf") say(info.what, info.currentline > 0 and "line" or "")
local up = 3 local function uses() return up end say(debug.getupvalue(uses, 1), debug.setupvalue(uses, 1, 4), uses())
local hits = 0 debug.sethook(function() hits = hits + 1 end, "l") local z = 1 z = 2 debug.sethook() say(hits)
local weak = setmetatable({}, {__mode = "k"}) weak[{}] = 1
local gone = false do local x = setmetatable({}, {__gc = function() gone = true end}) end
collectgarbage() collectgarbage("step") collectgarbage("incremental", 100, 200) collectgarbage("generational") collectgarbage()
for i = 1, 300 do local junk = {} for j = 1, 20 do junk[j] = {j, tostring(j)} end end
collectgarbage("incremental") collectgarbage() say(tostring(gone), tostring(next(weak)), collectgarbage("count") > 0 and "count" or "")

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end say(fib(18))
print(#table.concat(log, "\n"))
