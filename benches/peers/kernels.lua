-- The kernels of benches/kernels in Lua. `kernels.lua NAME STEPS` prints one line: the best time of five in ns for each step.
local kernels = {}

local Point = {}
Point.__index = Point
local function new_point(x, y)
  local self = setmetatable({}, Point)
  self.x = x
  self.y = y
  return self
end
function Point:get() return self.x end

function kernels.attribute(n)
  local point = new_point(0, 1)
  for _ = 1, n do point.x = point.x + point.y end
  return point.x
end

local function second(_, b) return b end

function kernels.call(n)
  local result = 0
  for i = 0, n - 1 do result = second(result, i) end
  return result
end

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

function kernels.fib(n)
  local result
  for _ = 0, n // 3193 do result = fib(16) end
  return result
end

kernels["float"] = function(n)
  local x = 0.5
  for _ = 1, n do
    x = x * 1.0000001 + 0.1
    if x > 100.0 then x = x - 99.5 end
  end
  return x
end

function kernels.instance(n)
  local point
  for i = 0, n - 1 do point = new_point(i, i) end
  return point.x
end

function kernels.int_loop(n)
  local total = 0
  for i = 0, n - 1 do total = total + (i & 7) * 3 end
  return total
end

function kernels.method(n)
  local point, result = new_point(3, 0), 0
  for _ = 1, n do result = point:get() end
  return result
end

local kernel, steps, best = kernels[arg[1]], tonumber(arg[2]), math.huge
steps = math.tointeger(steps)
for _ = 1, 5 do
  local start = os.clock()
  kernel(steps)
  best = math.min(best, os.clock() - start)
end
print("best", best * 1e9 / steps)
