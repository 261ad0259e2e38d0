//! [`Driver`]: builtins that consume a generator and that the virtual machine can stand in for.

/// What a builtin does with the items of a generator, when the VM can do it as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Driver {
    /// `list(…)`
    List,
    /// `tuple(…)`
    Tuple,
    /// `set(…)`
    Set,
    /// `sum(…)`
    Sum,
    /// `any(…)`
    Any,
    /// `all(…)`
    All,
    /// `min(…)`
    Min,
    /// `max(…)`
    Max,
    /// The native gets a list of the items instead.
    Gathered,
    /// As `Gathered`, for a method whose only argument besides `self` is the generator.
    GatheredFor,
}

/// How many there are.
const DRIVERS: usize = Driver::GatheredFor as usize + 1;

impl Driver {
    /// All of them, in the order of their numbers.
    pub const ALL: [Driver; DRIVERS] = [
        Driver::List,
        Driver::Tuple,
        Driver::Set,
        Driver::Sum,
        Driver::Any,
        Driver::All,
        Driver::Min,
        Driver::Max,
        Driver::Gathered,
        Driver::GatheredFor,
    ];

    /// The driver of the builtin with this name, for a generator expression that is compiled together with its consumer.
    pub fn of_builtin(name: &str) -> Option<Driver> {
        Some(match name {
            "list" => Driver::List,
            "tuple" => Driver::Tuple,
            "set" => Driver::Set,
            "sum" => Driver::Sum,
            "any" => Driver::Any,
            "all" => Driver::All,
            "sorted" => Driver::Gathered,
            _ => return None,
        })
    }

    /// How many arguments the call has: the generator is the last.
    pub fn arguments(self) -> usize {
        1 + usize::from(self == Driver::GatheredFor)
    }
}
