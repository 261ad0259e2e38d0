//! The misuses, and what each must come to: worked out from types, names and marks as the conventions of the header say, never from what
//! the library does.
//!
//! A misuse is the name of a function of the harness that spoils one argument; those for numbers and specs are made here, from the lists in `wrong`.

use super::wrong::{NUMBERS, STRUCTS};
use crate::facts::{role, Role};
use crate::model::*;

/// One call: a function, which argument is spoilt and how, where the call is made, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Place of the spoilt parameter.
    pub param: usize,
    /// Function of the harness that spoils it; `good` spoils nothing.
    pub misuse: String,
    /// Where the call is made.
    pub place: &'static str,
    /// `TPN_OK`, or the status that is due.
    pub wanted: &'static str,
    /// Whether an error is pending afterwards.
    pub pends: bool,
}

/// Places where functions of the host run that must not call most of the library.
const FORBIDDEN: &[&str] = &["FINALIZER", "TRACE", "EVENT", "LOG", "SINK", "PRESSURE", "UD_FREE"];

/// A spoiling function of our own: its name and what it does.
pub(super) type Spoiler = (String, String);

/// The cases of a function, and the functions that they need besides those of the harness.
pub(super) fn cases(header: &Header, function: &Function) -> (Vec<Case>, Vec<Spoiler>) {
    let mut all = Cases { header, function, cases: Vec::new(), spoilers: Vec::new() };
    all.places();
    for at in 0..function.signature.params.len() {
        all.param(at);
    }
    (all.cases, all.spoilers)
}

struct Cases<'a> {
    header: &'a Header,
    function: &'a Function,
    cases: Vec<Case>,
    spoilers: Vec<Spoiler>,
}

impl Cases<'_> {
    fn name(&self) -> &str {
        &self.function.signature.name
    }

    fn takes(&self, name: &str) -> bool {
        self.function.signature.params.first().is_some_and(|p| p.kind.points_to(name))
    }

    /// Calls with good arguments only where there is a finalizer or tracer are made there.
    fn home(&self) -> &'static str {
        match () {
            () if self.takes("tpn_fin") => "FINALIZER",
            () if self.takes("tpn_tracer") => "TRACE",
            () => "MAIN",
        }
    }

    /// A case of a call whose failure leaves an error pending if its function does such things.
    fn add(&mut self, param: usize, misuse: &str, wanted: &'static str) {
        let Marks { any, quiet, .. } = self.function.marks;
        // It says so itself.
        let always = self.name() == "tpn_scope_escape";
        let silent = ["TPN_OK", "TPN_E_THREAD", "TPN_E_STATE"].contains(&wanted);
        let pends = !any && !quiet && (!silent || always && wanted != "TPN_OK");
        self.place(param, misuse, self.home(), wanted, pends);
    }

    fn place(&mut self, param: usize, misuse: &str, place: &'static str, wanted: &'static str, pends: bool) {
        self.cases.push(Case { param, misuse: misuse.to_owned(), place, wanted, pends });
    }

    /// The same good call everywhere.
    fn places(&mut self) {
        let Marks { any, quiet, runs, .. } = self.function.marks;
        let raises = ["tpn_raise", "tpn_raise_std"].contains(&self.name());
        let outcome = if raises { "TPN_E_EXC" } else { "TPN_OK" };
        self.place(0, "good", self.home(), outcome, raises);
        if self.home() != "MAIN" {
            return;
        }
        let other = |status| if any { "TPN_OK" } else { status };
        self.place(0, "good", "THREAD", other("TPN_E_THREAD"), false);
        // It is marked [any], and says that it has no place there.
        let forbidden = if self.name() == "tpn_heap_new" { "TPN_E_STATE" } else { other("TPN_E_STATE") };
        FORBIDDEN.iter().for_each(|place| self.place(0, "good", place, forbidden, false));
        if self.takes("tpn_ctx") && !any {
            self.place(0, "good", "CLOSING", "TPN_E_STATE", false);
            // These get the context of another heap.
            if !["tpn_detach", "tpn_enter"].contains(&self.name()) {
                self.place(0, "good", "LEFT", "TPN_E_THREAD", false);
            }
        }
        let pending = match self.name() {
            _ if runs && !quiet => "TPN_E_STATE",
            // It is the error that it tells.
            "tpn_err_status" => "TPN_E_EXC",
            _ => outcome,
        };
        let stays = !["tpn_err_take", "tpn_err_clear"].contains(&self.name());
        self.place(0, "good", "PENDING", pending, stays);
    }

    fn param(&mut self, at: usize) {
        let param = self.function.signature.params[at].clone();
        let kind = param.kind.to_string();
        match kind.as_str() {
            "tpn_ctx *" => self.context(at),
            "tpn_heap *" | "tpn_fin *" | "tpn_tracer *" | "tpn_remote *" => self.handle_pointer(at),
            "tpn_val" => self.value(at, &param),
            "const tpn_val *" => self.values(at, &param),
            "tpn_ref" => self.reference(at),
            "tpn_type" => self.host_type(at),
            "tpn_name" => {
                self.each(at, &["name_zero=ARG", "name_forged=HANDLE", "name_foreign=HEAP", "name_dead=HEAP"])
            }
            "tpn_scope" => self.each(
                at,
                &[
                    "scope_zero=HANDLE",
                    "scope_closed=HANDLE",
                    "scope_outer=STATE",
                    "scope_mark=HANDLE",
                    "scope_serial=HANDLE",
                    "scope_foreign=HANDLE",
                    "scope_dead=HANDLE",
                ],
            ),
            // What a trace function shows is its own business.
            "tpn_slot *" if self.home() == "TRACE" => self.each(at, &["null=ARG", "slot_half=ARG"]),
            // The other function fills it.
            "tpn_buf *" if self.function.marks.ends => self.each(
                at,
                &[
                    "null=ARG",
                    "buf_zero=HANDLE",
                    "buf_closed=HANDLE",
                    "buf_generation=HANDLE",
                    "buf_index=HANDLE",
                    "buf_foreign=HEAP",
                    "buf_dead=HEAP",
                ],
            ),
            "tpn_slot *" | "const tpn_slot *" => {
                self.each(
                    at,
                    &["null=ARG", "slot_half=ARG", "slot_number=ARG", "slot_other=ARG", "slot_foreign=ARG"],
                );
            }
            _ => self.pointer(at, &param),
        }
        self.numbers(at, &param, &kind);
        self.structs(at, &kind);
    }

    /// Misuses with the ends of their statuses.
    fn each(&mut self, at: usize, misuses: &[&'static str]) {
        for (misuse, status) in misuses.iter().filter_map(|text| text.split_once('=')) {
            let wanted = match status {
                "ARG" => "TPN_E_ARG",
                "HANDLE" => "TPN_E_HANDLE",
                "HEAP" => "TPN_E_HEAP",
                "STATE" => "TPN_E_STATE",
                _ => "TPN_E_TYPE",
            };
            self.add(at, misuse, wanted);
        }
    }

    fn context(&mut self, at: usize) {
        let any = self.function.marks.any;
        // NULL for NULL is a failure to the harness, too.
        self.place(at, "null", "MAIN", "TPN_E_ARG", false);
        let detached = if any { "TPN_OK" } else { "TPN_E_THREAD" };
        self.place(at, "ctx_detached", "MAIN", detached, false);
    }

    fn handle_pointer(&mut self, at: usize) {
        let may = self.function.marks.null.contains(&self.function.signature.params[at].name);
        let is_pointer = matches!(self.function.signature.result, Type::Named { pointers: 1.., .. });
        let wanted = if may && !is_pointer { "TPN_OK" } else { "TPN_E_ARG" };
        self.place(at, "null", self.home(), wanted, false);
    }

    fn value(&mut self, at: usize, param: &Param) {
        let Marks { runs, ref absent, .. } = self.function.marks;
        let absent = absent.contains(&param.name);
        self.add(at, "val_absent", if absent { "TPN_OK" } else { "TPN_E_ARG" });
        self.add(at, "val_err", "TPN_E_ARG");
        self.place(at, "val_err", "PENDING", if runs { "TPN_E_STATE" } else { "TPN_E_EXC" }, true);
        self.each(
            at,
            &[
                "val_expired=HANDLE",
                "val_serial=HANDLE",
                "val_index=HANDLE",
                "val_reserved=HANDLE",
                "val_foreign=HEAP",
                "val_tag=HEAP",
                "val_dead=HEAP",
            ],
        );
        let wrong = self.wrong_type(param);
        // No attribute is no error there.
        let wanted = if self.name() == "tpn_getattr_opt" { "TPN_OK" } else { wrong };
        self.add(at, if param.name == "key" { "val_list" } else { "val_none" }, wanted);
    }

    /// What a value of another type comes to.
    fn wrong_type(&self, param: &Param) -> &'static str {
        let doc = &self.function.signature.doc;
        match param.name.as_str() {
            "value" | "item" | "a" | "b" => "TPN_OK",
            _ if self.function.marks.runs && !doc.contains("TPN_E_TYPE") => "TPN_E_EXC",
            _ => "TPN_E_TYPE",
        }
    }

    /// An array of values, whose length stands before it.
    fn values(&mut self, at: usize, param: &Param) {
        self.each(
            at,
            &[
                "null=ARG",
                "items_absent=ARG",
                "items_err=ARG",
                "items_expired=HANDLE",
                "items_serial=HANDLE",
                "items_reserved=HANDLE",
                "items_foreign=HEAP",
                "items_dead=HEAP",
                "later_expired=HANDLE",
                "later_foreign=HEAP",
            ],
        );
        self.add(at, "items_none", "TPN_OK");
        let length = self.function.signature.params[at - 1].kind.to_string();
        let (none, negative) = match length.as_str() {
            "int64_t" => ("no_items", "negative_items"),
            _ => ("no_arguments", "negative_arguments"),
        };
        self.add(at, none, "TPN_OK");
        self.add(at, negative, "TPN_E_ARG");
        let hashed = param.name == "pairs" || ["tpn_set", "tpn_frozenset"].contains(&self.name());
        if hashed {
            self.add(at, "items_list", "TPN_E_EXC");
        }
    }

    fn reference(&mut self, at: usize) {
        if self.takes("tpn_remote") {
            // Whoever gives it back from afar is not told.
            self.each(at, &["ref_zero=HANDLE"]);
            ["ref_closed", "ref_generation", "ref_index", "ref_foreign", "ref_dead"]
                .iter()
                .for_each(|misuse| self.add(at, misuse, "TPN_OK"));
            return;
        }
        self.each(
            at,
            &[
                "ref_zero=HANDLE",
                "ref_closed=HANDLE",
                "ref_generation=HANDLE",
                "ref_index=HANDLE",
                "ref_foreign=HEAP",
                "ref_dead=HEAP",
            ],
        );
    }

    fn host_type(&mut self, at: usize) {
        self.each(at, &["type_zero=ARG", "type_forged=HANDLE", "type_foreign=HEAP", "type_dead=HEAP"]);
        // Another type is as good, where no object must be of it.
        let wanted = match self.name() {
            "tpn_payload" => "TPN_E_TYPE",
            // Neither has it a tail.
            "tpn_new_tail" => "TPN_E_ARG",
            _ => "TPN_OK",
        };
        self.add(at, "type_second", wanted);
    }

    /// Text, room for results, functions, specs.
    fn pointer(&mut self, at: usize, param: &Param) {
        let signature = &self.function.signature;
        let may = self.function.marks.null.contains(&param.name);
        let role = role(self.header, signature, at);
        if role == Role::Plain {
            return;
        }
        let fine = may || matches!(role, Role::Word | Role::Buffer);
        self.add(at, "null", if fine { "TPN_OK" } else { "TPN_E_ARG" });
        let raises = ["tpn_raise", "tpn_raise_std"].contains(&self.name());
        if let (true, true, Some(last)) = (fine, raises, self.cases.last_mut()) {
            (last.wanted, last.pends) = ("TPN_E_EXC", true);
        }
        let text = param.kind.points_to("char") && role != Role::Buffer;
        if text {
            // A source that is not UTF-8 is a SyntaxError.
            let source = param.name == "source";
            self.add(at, "text_bad", if source { "TPN_E_EXC" } else { "TPN_E_ARG" });
        }
        let length = self.function.signature.params.get(at + 1).map(|p| p.name.clone());
        match length.as_deref() {
            Some("len") => {
                let empty = match self.name() {
                    // An empty expression is a SyntaxError.
                    "tpn_eval" => "TPN_E_EXC",
                    // Nothing is no bytecode.
                    "tpn_code_load" => "TPN_E_ARG",
                    _ => "TPN_OK",
                };
                self.add(at, "text_none", empty);
                self.add(at, "text_huge", "TPN_E_ARG");
            }
            Some("n_fns") => self.add(at, "no_functions", "TPN_OK"),
            _ => {}
        }
    }

    fn numbers(&mut self, at: usize, param: &Param, kind: &str) {
        let member = super::member(self.header, &param.kind);
        let name = self.name().to_owned();
        for (number, (_, _, text, status)) in
            NUMBERS.iter().filter(|(f, p, ..)| *f == name && *p == param.name).enumerate()
        {
            let spoiler = format!("{}_{}_{number}", name.trim_start_matches("tpn_"), param.name);
            self.spoilers.push((spoiler.clone(), format!("a->{member} = ({kind})({text});")));
            self.add(at, &spoiler, status);
        }
    }

    fn structs(&mut self, at: usize, kind: &str) {
        let name = self.name().trim_start_matches("tpn_").to_owned();
        for (number, (_, text, status)) in STRUCTS.iter().filter(|(k, ..)| *k == kind).enumerate() {
            let spoiler = format!("{name}_struct_{number}");
            self.spoilers.push((spoiler.clone(), format!("{text};")));
            self.add(at, &spoiler, status);
        }
    }
}
