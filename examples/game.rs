//! A game: frames of a sixtieth of a second, in which scripts move what lives in the world; what is left of a frame goes to the memory manager, so
//! that it collects between frames and not within one. A script that takes too long for its frame is stopped, and the game goes on without it.
//!
//! `game MANAGER [FRAMES]` prints the same under every manager, and the same as its twin in C, `game.c`; how long the frames took goes to the standard
//! error stream.

use std::process::ExitCode;
use std::time::{Duration, Instant};
use taipan::builtins::{errors, import};
use taipan::object::layout::Module;
use taipan::object::native::{self, Args, NativeDef};
use taipan::object::raise::{self, type_error, Raised};
use taipan::object::{attr, call, class, classes, dict, int, names, none, str, tuple};
use taipan::stdlib::with_extension;
use taipan::{Config, Interpreter};
use taipan_gc::{managers, Cx, Handle};

type Res<'s> = Result<Handle<'s>, Raised>;

const FRAME: Duration = Duration::from_nanos(16_666_667);
/// Loop turns and calls for all creatures of a frame.
const FUEL: u64 = 200_000;

const SCRIPT: &str = "\
from game import draw
class Creature:
    def __init__(self, name, seed):
        self.name, self.seed, self.x, self.y, self.path = name, seed, 0, 0, []
    def roll(self):
        self.seed = (self.seed * 1103515245 + 12345) & 0x7fffffff
        return self.seed >> 16
    def step(self, frame):
        # What it remembers is garbage soon.
        self.path = [(x, y) for x, y in self.path[-20:]] + [(self.x, self.y)]
        self.x += self.roll() % 3 - 1
        self.y += self.roll() % 3 - 1
        draw(self.x, self.y)
class Thinker(Creature):
    def step(self, frame):
        if frame == 100:
            while True: pass  # forgets that others wait
        super().step(frame)
world = [Creature(f'c{n}', n) for n in range(200)]
world.insert(17, Thinker('thinker', 99))
busy = None
def update(frame):
    global busy
    for busy in list(world):
        busy.step(frame)
    busy = None
def banish():
    world.remove(busy)
    return busy.name
def where():
    return len(world), sum(c.x for c in world), sum(c.y for c in world)
";

/// What our function keeps: state of a heap.
#[derive(Clone, Copy, Default)]
struct Screen {
    drawn: i64,
}

const DRAW: &NativeDef = &NativeDef::new("draw", draw, "x, y, /");

/// `draw(x, y)`: what a renderer would get.
fn draw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let [x, y] = [0, 1].map(|n| int::to_i64(cx, args.at(cx, n).get(cx)));
    let (Some(x), Some(y)) = (x, y) else { return Err(type_error(cx, "expected ints")) };
    with_extension(cx, |_, screen: &mut Screen| screen.drawn += x * x + y * y);
    Ok(none(cx))
}

/// Registers the module `game`.
fn setup(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let (module, attributes) = import::new_module(cx, "game")?;
    let function = native::new(cx, DRAW, None)?;
    let name = str::new(cx, DRAW.name)?;
    dict::set_name(cx, attributes, name, function.any())?;
    let name = str::new(cx, "game")?;
    let modules = import::modules(cx)?;
    dict::set_name(cx, modules, name, module)
}

/// Calls a function of the script.
fn call_script<'s>(cx: &mut Cx<'s>, function: &str, arguments: &[i64]) -> Res<'s> {
    let main = import::known_module(cx, "__main__").and_then(|m| m.downcast::<Module>(cx));
    let Some(main) = main else { return Err(type_error(cx, "there is no __main__")) };
    let name = names::intern(cx, function)?;
    let callee = attr::get(cx, main.any(), name)?;
    let arguments: Result<Vec<_>, _> = arguments.iter().map(|&n| int::from_i64(cx, n)).collect();
    call::call(cx, callee, &arguments?)
}

/// Runs `body` in the heap, in a scope of its own; else the report of the exception that it ends with, and whether that was for want of fuel.
fn within<R>(
    python: &mut Interpreter,
    body: impl for<'t> FnOnce(&mut Cx<'t>) -> Result<R, Raised>,
) -> Result<R, (String, bool)> {
    let entered = python.enter(|cx| {
        cx.scoped(|cx| match body(cx) {
            Ok(result) => Ok(result),
            Err(_) => {
                let exception = raise::take(cx);
                let no_fuel = class::is_instance(cx, exception.get(cx), classes::FUEL_EXHAUSTED);
                Err((errors::report(cx, exception), no_fuel))
            }
        })
    });
    entered.unwrap_or_else(|error| Err((error.to_string(), false)))
}

/// Lets the scripts move the world once.
fn update(python: &mut Interpreter, frame: u32) -> Result<(), String> {
    python.set_fuel(Some(FUEL));
    match within(python, |cx| call_script(cx, "update", &[frame.into()]).map(drop)) {
        Ok(()) => return Ok(()),
        Err((_, true)) => {}
        Err((report, false)) => return Err(report),
    }
    python.set_fuel(None);
    let name = within(python, |cx| {
        let name = call_script(cx, "banish", &[])?;
        Ok(str::of(cx, name.get(cx)).map(str::lossy).unwrap_or_default())
    });
    println!("frame {frame}: {} took too long, and is banished", name.map_err(|(report, _)| report)?);
    Ok(())
}

fn report(python: &mut Interpreter, frame: u32) -> Result<(), String> {
    let (numbers, drawn) = within(python, |cx| {
        let place = call_script(cx, "where", &[])?;
        let Some(parts) = tuple::of(cx, place.get(cx)) else { return Err(type_error(cx, "no tuple")) };
        let part = |at| tuple::item(parts, at).and_then(|item| int::to_i64(cx, item)).unwrap_or(0);
        let numbers = [0, 1, 2].map(part);
        Ok((numbers, with_extension(cx, |_, screen: &mut Screen| screen.drawn)))
    })
    .map_err(|(report, _)| report)?;
    let [creatures, x, y] = numbers;
    println!("frame {frame}: {creatures} creatures, around {x} {y}, drawn {drawn}");
    Ok(())
}

fn play(python: &mut Interpreter, frames: u32) -> Result<(), String> {
    let (mut longest, mut late) = (Duration::ZERO, 0);
    for frame in 1..=frames {
        let begun = Instant::now();
        update(python, frame)?;
        python.set_fuel(None);
        if frame % 60 == 0 {
            report(python, frame)?;
        }
        let took = begun.elapsed();
        longest = longest.max(took);
        late += u32::from(took > FRAME);
        // A real game would wait for the next frame with what this leaves over.
        let left = FRAME.saturating_sub(took) / 4;
        python.enter(|cx| cx.step(left)).map_err(|error| error.to_string())?;
    }
    eprintln!("the longest frame took {} us; {late} of {frames} were late", longest.as_micros());
    Ok(())
}

fn run(manager: &str, frames: u32) -> Result<(), String> {
    let config = Config { manager: manager.into(), ..Config::default() };
    let mut python = Interpreter::new(&config).map_err(|error| error.to_string())?;
    within(&mut python, setup).map_err(|(report, _)| report)?;
    python.run(SCRIPT.as_bytes(), "game.py").map_err(|failure| failure.report)?;
    play(&mut python, frames)?;
    python.enter(|cx| cx.verify("at the end")).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let manager = arguments.next().unwrap_or_else(|| managers::DEFAULT.to_owned());
    let frames = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(300);
    match run(&manager, frames) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("game: {report}");
            ExitCode::from(2)
        }
    }
}
