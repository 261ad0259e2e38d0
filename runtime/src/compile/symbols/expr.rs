//! The names that expressions use and bind.

use super::super::scope::{flag, Scope, ScopeKind};
use super::{Done, Walk};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Expr, ExprContext, InterpolatedStringElement};
use ruff_text_size::Ranged;

impl Walk {
    pub(super) fn expr(&mut self, expr: &Expr) -> Done {
        match expr {
            Expr::Name(node) => self.name(node),
            Expr::Attribute(node) => {
                if node.ctx != ExprContext::Load && node.attr == *"__debug__" {
                    let what = if node.ctx == ExprContext::Del { "delete" } else { "assign to" };
                    return Err(Fault::new(format!("cannot {what} __debug__"), node));
                }
                if node.ctx == ExprContext::Store {
                    self.note_attribute(node);
                }
                self.expr(&node.value)
            }
            Expr::Call(node) => {
                self.expr(&node.func)?;
                self.exprs(&node.arguments.args)?;
                self.exprs(node.arguments.keywords.iter().map(|keyword| &keyword.value))
            }
            Expr::BinOp(node) => {
                self.expr(&node.left)?;
                self.expr(&node.right)
            }
            Expr::Subscript(node) => {
                self.expr(&node.value)?;
                self.expr(&node.slice)
            }
            Expr::BoolOp(node) => self.exprs(&node.values),
            Expr::UnaryOp(node) => self.expr(&node.operand),
            Expr::Compare(node) => {
                self.expr(&node.left)?;
                self.exprs(&node.comparators)
            }
            Expr::If(node) => {
                self.expr(&node.test)?;
                self.expr(&node.body)?;
                self.expr(&node.orelse)
            }
            Expr::Named(node) => self.named(node),
            Expr::Lambda(node) => self.lambda(node),
            Expr::List(node) => self.exprs(&node.elts),
            Expr::Tuple(node) => self.exprs(&node.elts),
            Expr::Set(node) => self.exprs(&node.elts),
            Expr::Dict(node) => {
                node.items.iter().try_for_each(|item| self.exprs(item.key.iter().chain([&item.value])))
            }
            Expr::ListComp(node) => {
                self.comprehension(node, &[&node.elt], &node.generators, "list comprehension")
            }
            Expr::SetComp(node) => {
                self.comprehension(node, &[&node.elt], &node.generators, "set comprehension")
            }
            Expr::Generator(node) => {
                self.comprehension(node, &[&node.elt], &node.generators, "generator expression")
            }
            Expr::DictComp(node) => match &node.key {
                Some(key) => {
                    self.comprehension(node, &[key, &node.value], &node.generators, "dict comprehension")
                }
                None => Err(Fault::new("dict unpacking cannot be used in dict comprehension", node)),
            },
            other => self.other(other),
        }
    }

    /// The expressions that are neither operators nor displays.
    fn other(&mut self, expr: &Expr) -> Done {
        match expr {
            Expr::Await(node) => {
                self.in_comprehension(|scope| scope.is_async = true);
                self.expr(&node.value)
            }
            Expr::Yield(node) => {
                self.scope().is_generator = true;
                self.exprs(node.value.as_deref())
            }
            Expr::YieldFrom(node) => {
                self.scope().is_generator = true;
                self.expr(&node.value)
            }
            Expr::FString(node) => {
                node.value.elements().try_for_each(|element| self.f_string_element(element))
            }
            Expr::Starred(node) => self.expr(&node.value),
            Expr::Slice(node) => {
                self.exprs(node.lower.as_deref())?;
                self.exprs(node.upper.as_deref())?;
                self.exprs(node.step.as_deref())
            }
            Expr::TString(node) => Err(Fault::new("a t-string is not supported by Taipan", node)),
            Expr::IpyEscapeCommand(node) => Err(Fault::new("invalid syntax", node)),
            _ => Ok(()),
        }
    }

    fn in_comprehension(&mut self, change: impl FnOnce(&mut Scope)) {
        if self.scopes.get(self.current).kind == ScopeKind::Comprehension {
            change(self.scope());
        }
    }

    fn f_string_element(&mut self, element: &InterpolatedStringElement) -> Done {
        let InterpolatedStringElement::Interpolation(node) = element else { return Ok(()) };
        self.expr(&node.expression)?;
        let fields = node.format_spec.iter().flat_map(|spec| spec.elements.interpolations());
        if let Some(deep) = fields.into_iter().find(|inner| {
            let fields = inner.format_spec.iter().flat_map(|spec| spec.elements.interpolations());
            fields.count() > 0
        }) {
            return Err(Fault::new("f-string: expressions nested too deeply", deep.range));
        }
        let spec = node.format_spec.iter().flat_map(|spec| spec.elements.iter());
        spec.into_iter().try_for_each(|element| self.f_string_element(element))
    }

    fn name(&mut self, node: &ast::ExprName) -> Done {
        match node.ctx {
            ExprContext::Load => {
                self.add(&node.id, flag::USED);
                if node.id == "super" && self.scopes.get(self.current).kind.is_function() {
                    self.add("__class__", flag::USED);
                }
                Ok(())
            }
            ExprContext::Del if node.id == "__debug__" => Err(Fault::new("cannot delete __debug__", node)),
            ExprContext::Store | ExprContext::Del => self.bind(&node.id, node.range),
            ExprContext::Invalid => Err(Fault::new("invalid syntax", node)),
        }
    }

    /// `self.x = …` in a method tells how many attributes instances will have.
    fn note_attribute(&mut self, node: &ast::ExprAttribute) {
        let scope = self.scopes.get(self.current);
        let Expr::Name(object) = &*node.value else { return };
        let Some(parent) = scope.parent else { return };
        let stores_on_self =
            scope.kind == ScopeKind::Function && scope.first_parameter.as_deref() == Some(&object.id);
        if stores_on_self && self.scopes.get(parent).kind == ScopeKind::Class {
            let name = self.mangled(&node.attr);
            self.scopes.get_mut(parent).attributes.insert(name);
        }
    }

    fn lambda(&mut self, node: &ast::ExprLambda) -> Done {
        if let Some(parameters) = &node.parameters {
            self.defaults(parameters)?;
        }
        let outer = self.enter(node, ScopeKind::Lambda, None);
        if let Some(parameters) = &node.parameters {
            self.parameters(parameters)?;
        }
        self.expr(&node.body)?;
        self.current = outer;
        Ok(())
    }

    fn comprehension<T>(
        &mut self,
        node: &T,
        elements: &[&Expr],
        generators: &[ast::Comprehension],
        what: &str,
    ) -> Done
    where
        T: Ranged,
    {
        let Some((first, others)) = generators.split_first() else {
            return Err(Fault::new("invalid syntax", node.range()));
        };
        self.iterable(&first.iter)?;
        let outer = self.enter(node, ScopeKind::Comprehension, None);
        self.scope().symbol(".0").flags |= flag::PARAMETER;
        self.scope().is_async = generators.iter().any(|generator| generator.is_async);
        self.iteration_target(&first.target)?;
        self.exprs(&first.ifs)?;
        for generator in others {
            self.iteration_target(&generator.target)?;
            self.iterable(&generator.iter)?;
            self.exprs(&generator.ifs)?;
        }
        elements.iter().try_for_each(|element| self.expr(element))?;
        if self.scopes.get(self.current).is_generator {
            return Err(Fault::new(format!("'yield' inside {what}"), node.range()));
        }
        let is_async = self.scopes.get(self.current).is_async;
        self.current = outer;
        if is_async && what != "generator expression" {
            self.in_comprehension(|scope| scope.is_async = true);
        }
        Ok(())
    }

    fn iterable(&mut self, iter: &Expr) -> Done {
        let before = std::mem::replace(&mut self.scope().in_iterable, true);
        let done = self.expr(iter);
        self.scope().in_iterable = before;
        done
    }

    fn iteration_target(&mut self, target: &Expr) -> Done {
        self.expr(target)?;
        let mut names = Vec::new();
        target_names(target, &mut names);
        for name in names {
            let mangled = self.mangled(name);
            let symbol = self.scope().symbol(&mangled);
            if symbol.has(flag::GLOBAL | flag::NONLOCAL) {
                let message =
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return Err(Fault::new(message, target));
            }
            symbol.flags |= flag::ITERATED;
        }
        Ok(())
    }

    /// `name := value`. In a comprehension the name belongs to the function or module around it.
    fn named(&mut self, node: &ast::ExprNamed) -> Done {
        let Expr::Name(target) = &*node.target else {
            return Err(Fault::new("cannot use assignment expressions with expression", &*node.target));
        };
        if self.scopes.get(self.current).in_iterable {
            return Err(Fault::new(
                "assignment expression cannot be used in a comprehension iterable expression",
                node,
            ));
        }
        if self.scopes.get(self.current).kind == ScopeKind::Comprehension {
            self.named_in_comprehension(target)?;
        } else {
            let name = self.mangled(&target.id);
            self.scope().walrus.insert(name);
        }
        self.expr(&node.value)?;
        if self.scopes.get(self.current).kind == ScopeKind::Comprehension {
            return Ok(());
        }
        self.expr(&node.target)
    }

    fn named_in_comprehension(&mut self, target: &ast::ExprName) -> Done {
        let name = self.mangled(&target.id);
        if &*name == "__debug__" {
            return Err(Fault::new("cannot assign to __debug__", target));
        }
        let mut id = self.current;
        while self.scopes.get(id).kind == ScopeKind::Comprehension {
            if self.scopes.get(id).flags(&name) & flag::ITERATED != 0 {
                let message = format!(
                    "assignment expression cannot rebind comprehension iteration variable '{}'",
                    target.id
                );
                return Err(Fault::new(message, target));
            }
            match self.scopes.get(id).parent {
                Some(parent) => id = parent,
                None => break,
            }
        }
        let owner = self.scopes.get_mut(id);
        let how = match owner.kind {
            ScopeKind::Class => {
                let message = "assignment expression within a comprehension cannot be used in a class body";
                return Err(Fault::new(message, target));
            }
            ScopeKind::Module => flag::GLOBAL,
            _ if owner.flags(&name) & flag::GLOBAL != 0 => flag::GLOBAL,
            _ => flag::NONLOCAL,
        };
        owner.symbol(&name).flags |= if how == flag::NONLOCAL { flag::BOUND } else { flag::GLOBAL };
        let symbol = self.scope().symbol(&name);
        symbol.flags |= how;
        symbol.declared = target.range;
        Ok(())
    }
}

/// The names that an assignment target binds.
fn target_names<'e>(target: &'e Expr, names: &mut Vec<&'e str>) {
    match target {
        Expr::Name(node) => names.push(&node.id),
        Expr::Tuple(node) => node.elts.iter().for_each(|inner| target_names(inner, names)),
        Expr::List(node) => node.elts.iter().for_each(|inner| target_names(inner, names)),
        Expr::Starred(node) => target_names(&node.value, names),
        _ => {}
    }
}
