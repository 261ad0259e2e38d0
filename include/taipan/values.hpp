/* Values, references, errors and conversions of taipan.hpp, which is what to include: its head says who owns what. */
#ifndef TPN_VALUES_HPP
#define TPN_VALUES_HPP

#include <cstddef>
#include <cstring>
#include <exception>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../taipan.h"

#if !defined(TAIPAN_NO_EXCEPTIONS) && (defined(__cpp_exceptions) || defined(__EXCEPTIONS))
#  define TPN_HPP_THROWS 1
#  define TPN_HPP_MODE throwing
#else
#  define TPN_HPP_THROWS 0
#  define TPN_HPP_MODE sticky
#endif

namespace taipan {
inline namespace TPN_HPP_MODE { /* the two kinds have different functions of the same names */

class value;
class context;
template <class T> class object;

/* How a C++ type becomes a value and back. Specialise it for your own: make() gives a value or TPN_ERR with an error pending; take() stores
 * into `out`, or gives false with an error pending. */
template <class T, class = void> struct convert;

/* ---- inside ---- */

namespace detail {

/* What a function object owns. */
struct box {
    virtual ~box() {}
    static void release(void *ud) { delete static_cast<box *>(ud); }
};

/* What the objects of this header share about a heap. It lives as long as the last of them; `ctx` is NULL when the heap has ended. */
struct state : std::enable_shared_from_this<state> {
    tpn_ctx *ctx = nullptr;
    tpn_fin *fin = nullptr; /* while a destructor runs for the heap */
    std::vector<tpn_ref> orphans; /* dropped where that could not be told to the heap */
    std::vector<std::pair<const void *, tpn_type>> types;

    static state *of(tpn_ctx *ctx) { return static_cast<state *>(tpn_heap_user(tpn_ctx_heap(ctx))); }
    void drop(tpn_ref ref)
    {
        if (ctx == nullptr)
            return;
        if ((fin != nullptr ? tpn_fin_ref_free(fin, ref) : tpn_ref_free(ctx, ref)) == TPN_E_STATE)
            orphans.push_back(ref);
    }
    /* Gives back what could not be given back earlier. */
    void bury()
    {
        std::vector<tpn_ref> refs;
        refs.swap(orphans);
        for (tpn_ref ref : refs)
            drop(ref);
    }
};

/* Identifies a type without RTTI. */
template <class T> struct key { static char place; };
template <class T> char key<T>::place;

template <class T> using plain = typename std::remove_cv<typename std::remove_reference<T>::type>::type;

template <class T> std::true_type convertible(decltype(sizeof(convert<T>)));
template <class T> std::false_type convertible(...);

/* A class that scripts know as a type of the host: one that is not converted. */
template <class T> struct is_host
    : std::integral_constant<bool, std::is_class<T>::value && !decltype(convertible<T>(0))::value> {};

template <std::size_t... I> struct indices {};
template <std::size_t N, std::size_t... I> struct count : count<N - 1, N - 1, I...> {};
template <std::size_t... I> struct count<0, I...> { using type = indices<I...>; };

} /* namespace detail */

/* ---- references ---- */

/* Keeps an object alive, or, if weak, tells whether it still lives. */
class ref {
public:
    ref() = default;
    /* Takes over what a function of taipan.h has given. */
    ref(tpn_ctx *ctx, tpn_ref made) : ref_(made)
    {
        if (made.bits == 0)
            return;
        state_ = detail::state::of(ctx)->shared_from_this();
        state_->bury();
    }
    ref(ref &&other) noexcept : state_(std::move(other.state_)), ref_(other.ref_) { other.ref_.bits = 0; }
    ref &operator=(ref &&other) noexcept
    {
        std::swap(state_, other.state_);
        std::swap(ref_, other.ref_);
        return *this;
    }
    ~ref() { reset(); }
    /* Gives it back now. */
    void reset()
    {
        if (ref_.bits != 0)
            state_->drop(ref_);
        ref_.bits = 0;
        state_.reset();
    }
    /* Whether it refers to something of a heap that has not ended; a weak one does also when its object is gone. */
    explicit operator bool() const { return ref_.bits != 0 && state_->ctx != nullptr; }
    tpn_ref get() const { return ref_; }
    /* A new local for the object; is_absent() if this is empty, or weak and the object is gone. */
    value lock() const;

private:
    std::shared_ptr<detail::state> state_;
    tpn_ref ref_ = {0};
};

/* ---- errors ---- */

/* A failed call: what() is the report that the script's user would see, traceback included. */
class error : public std::runtime_error {
public:
    error(tpn_status status, const std::string &text, std::shared_ptr<ref> exception = nullptr)
        : std::runtime_error(text), status_(status), exception_(std::move(exception)) {}
    /* TPN_E_EXC for exceptions of scripts, or what the library says. */
    tpn_status status() const { return status_; }
    /* The exception object; is_absent() if there is none. */
    value exception() const;
    /* Makes it pending again. Gives TPN_ERR. */
    tpn_val raise(tpn_ctx *ctx) const;

private:
    tpn_status status_;
    std::shared_ptr<ref> exception_;
};

namespace detail {

/* Takes the pending error; `status` counts when there is none. */
inline error taken(tpn_ctx *ctx, tpn_status status);

/* Throws what a failed call has left. */
inline void failed(tpn_ctx *ctx, tpn_status status)
{
#if TPN_HPP_THROWS
    throw taken(ctx, status);
#else
    (void)ctx;
    (void)status;
#endif
}

/* Looks at a status, length or predicate. */
template <class N> N checked(tpn_ctx *ctx, N result)
{
    if (result < 0)
        failed(ctx, static_cast<tpn_status>(result));
    return result;
}

template <class T> value made(tpn_ctx *ctx, const T &item);

} /* namespace detail */

/* ---- values ---- */

/* A local, with its context. */
class value {
public:
    value() : ctx_(nullptr), val_(tpn_absent()) {}
    /* What a function of taipan.h has given; throws if that is TPN_ERR. */
    value(tpn_ctx *ctx, tpn_val val) : ctx_(ctx), val_(val)
    {
        if (tpn_is_err(val))
            detail::failed(ctx, TPN_E_ARG);
    }
    tpn_val get() const { return val_; }
    tpn_ctx *ctx() const { return ctx_; }

    bool failed() const { return tpn_is_err(val_) != 0; }
    bool is_none() const { return tpn_is_none(val_) != 0; }
    bool is_absent() const { return tpn_is_absent(val_) != 0; }
    /* TPN_K_... */
    int32_t kind() const { return detail::checked(ctx_, tpn_kind(ctx_, val_)); }
    /* Whether both are the same object. */
    bool is(value other) const { return detail::checked(ctx_, tpn_is(ctx_, val_, other.val_)) > 0; }
    /* bool(value) */
    bool truth() const { return detail::checked(ctx_, tpn_truth(ctx_, val_)) > 0; }
    /* A comparison: TPN_LT... */
    bool compare(int32_t op, value other) const { return detail::checked(ctx_, tpn_compare(ctx_, op, val_, other.val_)) > 0; }
    int64_t len() const { return detail::checked(ctx_, tpn_len(ctx_, val_)); }
    /* str(value) and repr(value) */
    std::string str() const;
    std::string repr() const;

    /* As a C++ type: bool, integers (checked), double, std::string (of str or bytes), std::vector of these, and what convert<> knows. */
    template <class T> T to() const
    {
        T out = T();
        if (!convert<T>::take(ctx_, val_, out))
            detail::failed(ctx_, TPN_E_TYPE);
        return out;
    }

    value attr(const char *name) const { return value(ctx_, tpn_getattr(ctx_, val_, tpn_intern(ctx_, name, TPN_STRLEN))); }
    /* As attr; is_absent() when there is none. */
    value attr_opt(const char *name) const { return value(ctx_, tpn_getattr_opt(ctx_, val_, tpn_intern(ctx_, name, TPN_STRLEN))); }
    template <class T> void set_attr(const char *name, const T &item) const
    {
        detail::checked(ctx_, tpn_setattr(ctx_, val_, tpn_intern(ctx_, name, TPN_STRLEN), detail::made(ctx_, item).get()));
    }
    template <class K> value item(const K &key) const { return value(ctx_, tpn_getitem(ctx_, val_, detail::made(ctx_, key).get())); }
    template <class K, class T> void set_item(const K &key, const T &item) const
    {
        value at = detail::made(ctx_, key);
        detail::checked(ctx_, tpn_setitem(ctx_, val_, at.get(), detail::made(ctx_, item).get()));
    }
    template <class T> bool contains(const T &item) const
    {
        return detail::checked(ctx_, tpn_contains(ctx_, val_, detail::made(ctx_, item).get())) > 0;
    }
    template <class T> void append(const T &item) const { detail::checked(ctx_, tpn_append(ctx_, val_, detail::made(ctx_, item).get())); }

    /* value(*args) */
    template <class... A> value operator()(const A &...args) const
    {
        tpn_val argv[] = { detail::made(ctx_, args).get()..., tpn_absent() };
        return value(ctx_, tpn_call(ctx_, val_, static_cast<int32_t>(sizeof...(A)), argv));
    }
    /* value.name(*args) */
    template <class... A> value call(const char *name, const A &...args) const
    {
        tpn_val argv[] = { detail::made(ctx_, args).get()..., tpn_absent() };
        tpn_name method = tpn_intern(ctx_, name, TPN_STRLEN);
        return value(ctx_, tpn_call_method(ctx_, val_, method, static_cast<int32_t>(sizeof...(A)), argv));
    }

    /* A reference that keeps the object alive, and one that doesn't. */
    ref keep() const { return referred(tpn_ref_new(ctx_, val_)); }
    ref weak() const { return referred(tpn_weak_new(ctx_, val_)); }

    /* for (taipan::value item : iterable). Each item is a local of the scope around the loop. */
    class iterator;
    inline iterator begin() const;
    inline iterator end() const;

private:
    ref referred(tpn_ref made) const
    {
        if (made.bits == 0)
            detail::failed(ctx_, TPN_E_ARG);
        return ref(ctx_, made);
    }
    tpn_ctx *ctx_;
    tpn_val val_;
};

class value::iterator {
public:
    explicit iterator(value source) : source_(source) { ++*this; }
    iterator() {}
    value operator*() const { return item_; }
    iterator &operator++()
    {
        item_ = value(source_.ctx_, tpn_next(source_.ctx_, source_.val_));
        return *this;
    }
    bool operator!=(const iterator &) const { return !item_.is_absent() && !item_.failed(); }

private:
    value source_, item_;
};

inline value::iterator value::begin() const { return iterator(value(ctx_, tpn_iter(ctx_, val_))); }
inline value::iterator value::end() const { return iterator(); }

inline value ref::lock() const
{
    if (!*this)
        return value();
    return value(state_->ctx, tpn_ref_get(state_->ctx, ref_));
}

/* ---- buffers ---- */

/* The bytes of bytes, a str, an array.array or a memoryview, at an address that stays as it is until this ends; the value is kept as long. Moves,
 * does not copy. One that a destructor of an object of the heap drops stays open until the heap is freed. */
class buffer {
public:
    buffer() : buf_() {}
    explicit buffer(value source, bool writes = false) : buf_()
    {
        tpn_buf made = tpn_buf();
        made.size = static_cast<uint32_t>(sizeof made);
        tpn_status status = tpn_buf_open(source.ctx(), source.get(), writes ? TPN_BUF_WRITE : 0u, &made);
        if (status != TPN_OK) {
            detail::failed(source.ctx(), status);
            return;
        }
        buf_ = made;
        state_ = detail::state::of(source.ctx())->shared_from_this();
    }
    buffer(buffer &&other) noexcept : state_(std::move(other.state_)), buf_(other.buf_) { other.buf_ = tpn_buf(); }
    buffer &operator=(buffer &&other) noexcept
    {
        std::swap(state_, other.state_);
        std::swap(buf_, other.buf_);
        return *this;
    }
    ~buffer() { close(); }
    /* Closes it now. */
    void close()
    {
        if (buf_.id != 0 && state_->ctx != nullptr)
            (void)tpn_buf_close(state_->ctx, &buf_);
        buf_ = tpn_buf();
        state_.reset();
    }
    /* Whether it is open. */
    explicit operator bool() const { return buf_.id != 0 && state_->ctx != nullptr; }
    const void *data() const { return buf_.data; }
    /* NULL unless it was opened to be written to. */
    void *writable() const { return (buf_.flags & TPN_BUF_WRITE) != 0 ? buf_.data : nullptr; }
    /* Bytes. */
    std::size_t size() const { return buf_.len; }
    std::size_t item_size() const { return buf_.item_size; }
    /* What an item is: a letter, as in tpn_buf. */
    char format() const { return static_cast<char>(buf_.format); }
    std::size_t count() const { return buf_.item_size == 0 ? 0 : buf_.len / buf_.item_size; }
    /* The items, to be read (const T) or written; NULL if they are no T, by size and by being integers or not. */
    template <class T> T *items() const
    {
        bool real = buf_.format == 'd' || buf_.format == 'f';
        bool fits = buf_.item_size == sizeof(T) && real == std::is_floating_point<T>::value;
        bool may = std::is_const<T>::value || writable() != nullptr;
        return fits && may ? static_cast<T *>(buf_.data) : nullptr;
    }

private:
    std::shared_ptr<detail::state> state_;
    tpn_buf buf_;
};

/* A scope: closes at the end of the block, in the opposite order of opening. */
class scope {
public:
    explicit scope(tpn_ctx *ctx) : ctx_(ctx), scope_(tpn_scope_open(ctx))
    {
        if (scope_.serial == 0)
            detail::failed(ctx, TPN_E_LIMIT);
    }
    inline explicit scope(const context &py);
    scope(const scope &) = delete;
    scope &operator=(const scope &) = delete;
    ~scope()
    {
        if (scope_.serial != 0)
            (void)tpn_scope_close(ctx_, scope_);
    }
    /* Closes it now, and hands one value to the scope around it. */
    value escape(value item)
    {
        tpn_scope closing = scope_;
        scope_.serial = 0;
        return value(ctx_, tpn_scope_escape(ctx_, closing, item.get()));
    }

private:
    tpn_ctx *ctx_;
    tpn_scope scope_;
};

namespace detail {

inline std::string report(tpn_ctx *ctx, tpn_val exception)
{
    int64_t size = tpn_err_format(ctx, exception, nullptr, 0);
    std::string text(size > 0 ? static_cast<std::size_t>(size) + 1 : 0, '\0');
    if (!text.empty() && tpn_err_format(ctx, exception, &text[0], text.size()) == size)
        text.pop_back();
    return text;
}

inline error taken(tpn_ctx *ctx, tpn_status status)
{
    tpn_status pending = tpn_err_status(ctx);
    tpn_scope scope = tpn_scope_open(ctx);
    std::shared_ptr<ref> kept;
    std::string text;
    tpn_val exception = tpn_err_take(ctx);
    if (!tpn_is_absent(exception) && !tpn_is_err(exception)) {
        tpn_ref made = tpn_ref_new(ctx, exception);
        text = report(ctx, exception);
        kept = std::make_shared<ref>(ctx, made);
    }
    (void)tpn_err_clear(ctx); /* memory may be short for all this; the first error counts */
    (void)tpn_scope_close(ctx, scope);
    if (pending < 0)
        status = pending;
    return error(status, text.empty() ? tpn_status_name(status) : text, std::move(kept));
}

} /* namespace detail */

inline value error::exception() const { return exception_ ? exception_->lock() : value(); }

inline tpn_val error::raise(tpn_ctx *ctx) const
{
    if (exception_ && *exception_)
        return tpn_raise(ctx, exception_->lock().get(), nullptr);
    return tpn_raise_std(ctx, status_ == TPN_E_NOMEM ? "MemoryError" : "RuntimeError", what());
}

/* ---- conversions ---- */

template <> struct convert<value> {
    static tpn_val make(tpn_ctx *, value item) { return item.get(); }
    static bool take(tpn_ctx *ctx, tpn_val from, value &out) { return out = value(ctx, from), true; }
};
template <> struct convert<ref> {
    static tpn_val make(tpn_ctx *, const ref &item) { return item.lock().get(); }
};
template <> struct convert<std::nullptr_t> {
    static tpn_val make(tpn_ctx *, std::nullptr_t) { return tpn_none(); }
};
template <> struct convert<bool> {
    static tpn_val make(tpn_ctx *, bool item) { return tpn_bool(item); }
    static bool take(tpn_ctx *ctx, tpn_val from, bool &out)
    {
        int32_t truth = tpn_truth(ctx, from);
        return out = truth > 0, truth >= 0;
    }
};
template <class T> struct convert<T, typename std::enable_if<std::is_integral<T>::value && !std::is_same<T, bool>::value>::type> {
    using wide = typename std::conditional<std::is_signed<T>::value, int64_t, uint64_t>::type;
    static tpn_val make(tpn_ctx *ctx, T item) { return make_wide(ctx, static_cast<wide>(item)); }
    static bool take(tpn_ctx *ctx, tpn_val from, T &out)
    {
        wide number = 0;
        if (take_wide(ctx, from, &number) != TPN_OK)
            return false;
        if (number < static_cast<wide>(std::numeric_limits<T>::min()) || number > static_cast<wide>(std::numeric_limits<T>::max())) {
            (void)tpn_raise_std(ctx, "OverflowError", "the int does not fit");
            return false;
        }
        return out = static_cast<T>(number), true;
    }

private:
    static tpn_val make_wide(tpn_ctx *ctx, int64_t item) { return tpn_int(ctx, item); }
    static tpn_val make_wide(tpn_ctx *ctx, uint64_t item) { return tpn_uint(ctx, item); }
    static tpn_status take_wide(tpn_ctx *ctx, tpn_val from, int64_t *out) { return tpn_to_i64(ctx, from, out); }
    static tpn_status take_wide(tpn_ctx *ctx, tpn_val from, uint64_t *out) { return tpn_to_u64(ctx, from, out); }
};
template <class T> struct convert<T, typename std::enable_if<std::is_floating_point<T>::value>::type> {
    static tpn_val make(tpn_ctx *ctx, T item) { return tpn_float(ctx, static_cast<double>(item)); }
    static bool take(tpn_ctx *ctx, tpn_val from, T &out)
    {
        double number = 0;
        tpn_status status = tpn_to_f64(ctx, from, &number);
        return out = static_cast<T>(number), status == TPN_OK;
    }
};
template <> struct convert<std::string> {
    static tpn_val make(tpn_ctx *ctx, const std::string &item) { return tpn_str(ctx, item.data(), item.size()); }
    static bool take(tpn_ctx *ctx, tpn_val from, std::string &out)
    {
        int64_t size = tpn_str_copy(ctx, from, nullptr, 0);
        if (size < 0)
            return false;
        out.assign(static_cast<std::size_t>(size) + 1, '\0'); /* the copy ends with a NUL */
        size = tpn_str_copy(ctx, from, &out[0], out.size());
        out.pop_back();
        return size >= 0;
    }
};
template <> struct convert<const char *> {
    static tpn_val make(tpn_ctx *ctx, const char *item) { return tpn_str(ctx, item, TPN_STRLEN); }
};
template <std::size_t N> struct convert<char[N]> : convert<const char *> {};
/* A list; from a script any iterable. */
template <class T> struct convert<std::vector<T>> {
    static tpn_val make(tpn_ctx *ctx, const std::vector<T> &items)
    {
        tpn_val list = tpn_list(ctx, 0, nullptr);
        for (const T &item : items) {
            scope turn(ctx);
            if (tpn_append(ctx, list, convert<T>::make(ctx, item)) != TPN_OK)
                return tpn_err();
        }
        return list;
    }
    static bool take(tpn_ctx *ctx, tpn_val from, std::vector<T> &out)
    {
        tpn_val iterator = tpn_iter(ctx, from);
        out.clear();
        for (;;) {
            scope turn(ctx);
            tpn_val item = tpn_next(ctx, iterator);
            T converted = T();
            if (tpn_is_absent(item))
                return true;
            if (tpn_is_err(item) || !convert<T>::take(ctx, item, converted))
                return false;
            out.push_back(std::move(converted));
        }
    }
};

namespace detail {
template <class T> value made(tpn_ctx *ctx, const T &item) { return value(ctx, convert<T>::make(ctx, item)); }
} /* namespace detail */

inline std::string value::str() const { return value(ctx_, tpn_tostr(ctx_, val_)).to<std::string>(); }
inline std::string value::repr() const { return value(ctx_, tpn_repr(ctx_, val_)).to<std::string>(); }

} /* namespace TPN_HPP_MODE */
} /* namespace taipan */

#endif /* TPN_VALUES_HPP */
