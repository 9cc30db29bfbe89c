-- Calls, strings, sorting and patterns, for bench/run.
local function fib(n) if n<2 then return n end return fib(n-1)+fib(n-2) end
local t={} for i=1,200000 do t[i]=tostring(i*7%1000) end
table.sort(t)
local s=0 for i=1,#t do s=s+#t[i]..""  end
local c=0 for w in (("hello world foo bar "):rep(20000)):gmatch("%a+") do c=c+#w end
print(fib(27),s,c)
