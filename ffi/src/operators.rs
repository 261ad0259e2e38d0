//! Operators: arithmetic, comparison whose result is a value, hashes.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use taipan::builtins;
use taipan::object::compare::{self, CompareOp};
use taipan::object::number::{self, BinaryOp};

/// The operator of a number of the header. `divmod` is none of them.
fn operator(op: i32) -> Option<BinaryOp> {
    Some(match op {
        ADD => BinaryOp::Add,
        SUB => BinaryOp::Sub,
        MUL => BinaryOp::Mul,
        TRUEDIV => BinaryOp::TrueDiv,
        FLOORDIV => BinaryOp::FloorDiv,
        MOD => BinaryOp::Mod,
        POW => BinaryOp::Pow,
        AND => BinaryOp::And,
        OR => BinaryOp::Or,
        XOR => BinaryOp::Xor,
        LSHIFT => BinaryOp::Shl,
        RSHIFT => BinaryOp::Shr,
        MATMUL => BinaryOp::MatMul,
        _ => return None,
    })
}

/// The comparison of a number of the header.
fn comparison(op: i32) -> Result<CompareOp, Fault> {
    Ok(match op {
        LT => CompareOp::Lt,
        LE => CompareOp::Le,
        EQ => CompareOp::Eq,
        NE => CompareOp::Ne,
        GT => CompareOp::Gt,
        GE => CompareOp::Ge,
        _ => return fault(E_ARG, "an unknown comparison"),
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_binary(ctx: *mut Context, op: i32, left: Val, right: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let (left, right) = (ctx.resolve(cx, left)?, ctx.resolve(cx, right)?);
        match operator(op) {
            Some(op) => Ok(number::binary(cx, op, left, right)?),
            None if op == DIVMOD => Ok(builtins::divmod(cx, left, right)?),
            None => fault(E_ARG, "an unknown operator"),
        }
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_inplace(ctx: *mut Context, op: i32, left: Val, right: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let (left, right) = (ctx.resolve(cx, left)?, ctx.resolve(cx, right)?);
        let Some(op) = operator(op) else { return fault(E_ARG, "an operator that has no in-place form") };
        Ok(number::inplace(cx, op, left, right)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_unary(ctx: *mut Context, op: i32, number: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let number = ctx.resolve(cx, number)?;
        Ok(match op {
            NEG => number::negate(cx, number)?,
            POS => number::positive(cx, number)?,
            INVERT => number::invert(cx, number)?,
            ABS => number::absolute(cx, number)?,
            _ => return fault(E_ARG, "an unknown operator"),
        })
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_compare(ctx: *mut Context, op: i32, a: Val, b: Val) -> i32 {
    Context::number(ctx, true, |ctx, cx| {
        let op = comparison(op)?;
        let (a, b) = (ctx.resolve(cx, a)?, ctx.resolve(cx, b)?);
        Ok(compare::test(cx, op, a, b)?.into())
    }) as i32
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_compare_val(ctx: *mut Context, op: i32, a: Val, b: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let op = comparison(op)?;
        let (a, b) = (ctx.resolve(cx, a)?, ctx.resolve(cx, b)?);
        Ok(compare::rich(cx, op, a, b)?)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_hash(ctx: *mut Context, key: Val, out: *mut i64) -> Status {
    Context::status(ctx, true, |ctx, cx| {
        let key = ctx.resolve(cx, key)?;
        if out.is_null() {
            return fault(E_ARG, "NULL for a result");
        }
        let hash = compare::hash(cx, key)?;
        // SAFETY: C's variable.
        unsafe { out.write(hash) };
        Ok(())
    })
}
