/* The misuses: each spoils one argument, which was good. What must come of it stands in the tables. Those for numbers and specs are there, too. */
#ifndef MATRIX_MISUSES_H
#define MATRIX_MISUSES_H

#include "world.h"

static double not_a_number(void)
{
    static volatile double zero;
    return zero / zero;
}

/* A type with a getter of the name "number", and before it a function of another kind. */
static void setter(world *w, const char *name, uint32_t other)
{
    w->pair[0] = w->pair[1] = w->fnspec;
    w->pair[0].max_args = w->pair[1].max_args = 0;
    w->pair[0].name = name;
    w->pair[0].flags = TPN_FN_SETTER;
    w->pair[1].name = "number";
    w->pair[1].flags = other;
    w->typespec.fns = w->pair;
    w->typespec.n_fns = 2;
}

static void *no_memory(void *ud, size_t size, size_t align) { (void)ud; (void)size; (void)align; return NULL; }
static void *odd_memory(void *ud, size_t size, size_t align) { (void)size; (void)align; return (char *)ud + 1; }
static void ignore_dealloc(void *ud, void *memory, size_t size, size_t align) { (void)ud; (void)memory; (void)size; (void)align; }

#define SPOIL(name, statement) static void name(world *w, arg *a) { (void)w; (void)a; statement; }

SPOIL(good, (void)0)
SPOIL(null, memset(a, 0, sizeof *a))
SPOIL(ctx_detached, a->ctx = w->gone)
SPOIL(val_absent, a->val = tpn_absent())
SPOIL(val_err, a->val = tpn_err())
SPOIL(val_none, a->val = tpn_none())
SPOIL(val_list, a->val = w->list)
SPOIL(val_expired, a->val = w->expired)
SPOIL(val_serial, a->val.bits = w->list.bits + ((uint64_t)1 << 32))
SPOIL(val_index, a->val.bits = w->list.bits + (1000u << 2))
SPOIL(val_tag, a->val.bits = w->list.bits ^ (1u << 22))
SPOIL(val_reserved, a->val.bits = 4)
SPOIL(val_foreign, a->val = w->foreign.val)
SPOIL(val_dead, a->val = w->dead.val)
SPOIL(items_absent, w->items[0] = tpn_absent())
SPOIL(items_err, w->items[0] = tpn_err())
SPOIL(items_none, w->items[0] = tpn_none())
SPOIL(items_list, w->items[0] = w->list)
SPOIL(items_expired, w->items[0] = w->expired)
SPOIL(items_serial, w->items[0].bits = w->list.bits + ((uint64_t)1 << 32))
SPOIL(items_reserved, w->items[0].bits = 4)
SPOIL(items_foreign, w->items[0] = w->foreign.val)
SPOIL(items_dead, w->items[0] = w->dead.val)
SPOIL(later_expired, w->items[1] = w->expired)
SPOIL(later_foreign, w->items[1] = w->foreign.val)
SPOIL(no_items, a->in = NULL; a[-1].i64 = 0)
SPOIL(negative_items, a[-1].i64 = -1)
SPOIL(no_arguments, a->in = NULL; a[-1].i32 = 0)
SPOIL(negative_arguments, a[-1].i32 = -1)
SPOIL(no_functions, a->in = NULL; a[1].u32 = 0)
SPOIL(ref_zero, a->ref.bits = 0)
SPOIL(ref_closed, a->ref = w->closed_ref)
SPOIL(ref_generation, a->ref.bits += (uint64_t)1 << 32)
SPOIL(ref_index, a->ref.bits += 1000)
SPOIL(ref_foreign, a->ref = w->foreign.ref)
SPOIL(ref_dead, a->ref = w->dead.ref)
SPOIL(buf_zero, ((tpn_buf *)a->out)->id = 0)
SPOIL(buf_closed, ((tpn_buf *)a->out)->id = w->closed_buf)
SPOIL(buf_generation, ((tpn_buf *)a->out)->id += (uint64_t)1 << 32)
SPOIL(buf_index, ((tpn_buf *)a->out)->id += 1000)
SPOIL(buf_foreign, ((tpn_buf *)a->out)->id = w->foreign.buf)
SPOIL(buf_dead, ((tpn_buf *)a->out)->id = w->dead.buf)
SPOIL(type_zero, a->type.id = 0)
SPOIL(type_forged, a->type.id += 100000)
SPOIL(type_second, a->type = w->second)
SPOIL(type_foreign, a->type = w->foreign.type)
SPOIL(type_dead, a->type = w->dead.type)
SPOIL(name_zero, a->name.id = 0; a->name.heap = 0)
SPOIL(name_forged, a->name.id += 1000000)
SPOIL(name_foreign, a->name = w->foreign.name)
SPOIL(name_dead, a->name = w->dead.name)
SPOIL(scope_zero, a->scope.mark = 0; a->scope.serial = 0)
SPOIL(scope_closed, a->scope = w->closed)
SPOIL(scope_outer, a->scope = w->scope)
SPOIL(scope_mark, a->scope.mark++)
SPOIL(scope_serial, a->scope.serial += 1000)
SPOIL(scope_foreign, a->scope = w->foreign.scope)
SPOIL(scope_dead, a->scope = w->dead.scope)
SPOIL(slot_half, a->slot = (tpn_slot *)(void *)((char *)w->slot + 4))
SPOIL(slot_number, a->slot = (tpn_slot *)(void *)((char *)w->slot + offsetof(payload, number)))
SPOIL(slot_other, a->slot = w->other_slot)
SPOIL(slot_foreign, a->slot = w->foreign.slot)
SPOIL(text_bad, a->in = bad_text)
SPOIL(text_none, a->in = NULL; a[1].size = 0)
SPOIL(text_huge, a[1].size = (size_t)-2)

#endif
