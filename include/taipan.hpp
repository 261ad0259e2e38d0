/* taipan.hpp - Taipan for C++11 and later: taipan.h with owners, conversions, and functions and types of C++ for scripts. Header only.
 *
 *     taipan::heap heap(taipan::config().manager("mark").hard_limit(16 << 20));
 *     taipan::context py = heap.attach();
 *     py.module("demo").def("twice", [](int x) { return 2 * x; }).add();
 *     py.exec("from demo import twice");
 *     int n = py.eval("twice(21)").to<int>();
 *
 * WHO OWNS WHAT
 *  - heap     owns everything of its heap, and frees it. Moves, does not copy.
 *  - context  is a view of the calling thread's seat in a heap: a pointer, copied freely, owns nothing. Ends with the heap.
 *  - value    is a local: a view, copied freely, owns nothing. It dies with the scope that was innermost when it was made, in a function that
 *             scripts call when that returns. Using it later is an error, detected in every build. Never keep one; keep a ref.
 *  - scope    opens one and closes it. Loops that make values want one for each turn; without it they pile up until the heap is freed.
 *  - ref      owns a reference, strong or weak. Moves, does not copy. It may outlive its heap: it is empty then.
 *  - buffer   keeps bytes of a value in place. Moves, does not copy. It may outlive its heap: it is closed then.
 *  - C++ functions given to the heap, and what they have captured, are the heap's; they are destroyed when nobody can call them any more. What
 *             captured refs refer to lives on until the next ref is made, or context::collect.
 *  - Objects of C++ types made by context::create live in the heap, at an address that never changes. They are destroyed after the script can't
 *    reach them any more, at the latest with the heap. Their destructors may drop refs; they must not call the heap otherwise.
 *
 * ERRORS. What fails throws taipan::error, and nothing is pending any more. An error that leaves a function that a script has called is raised
 * there, the same exception object; so are std::bad_alloc (MemoryError) and other std::exceptions (RuntimeError).
 * Without exceptions (-fno-exceptions, or TAIPAN_NO_EXCEPTIONS defined) errors stay pending, as in C: a failed call gives a value that
 * failed(), which the next call hands on, to<T>() gives a T(); look at context::failed() after a chain of calls and take the error with
 * take_error(). heap::ok() says whether a heap could be made. Both kinds may be linked into one program.
 *
 * A heap belongs to the thread that made it. The functions and constants of taipan.h can be used beside all this: context, value and ref have
 * get(). But tpn_heap_user() of these heaps is this header's own. */
#ifndef TPN_HPP
#define TPN_HPP

#include "taipan/values.hpp"

namespace taipan {
inline namespace TPN_HPP_MODE {

/* ---- types of the host ---- */

/* A reference in an object of a C++ class that the heap knows of, so that it is traced and cycles are found: a member, named to type(). A ref in
 * its place would keep what it refers to, and the object itself if there is a way back, until the heap ends. */
class slot {
public:
    slot() : slot_() {}
    slot(const slot &) = delete;
    slot &operator=(const slot &) = delete;

private:
    template <class T> friend class object;
    tpn_slot slot_;
};

namespace detail {

/* The payload of an object: zeroed when it is made, so `alive` is false until the constructor has returned. */
template <class T> struct payload {
    typename std::aligned_storage<sizeof(T), alignof(T)>::type place;
    bool alive;
    T *item() { return reinterpret_cast<T *>(&place); }
};

template <class T> void finalize(void *data, tpn_fin *fin, void *ud)
{
    payload<T> *self = static_cast<payload<T> *>(data);
    state *heap = static_cast<state *>(ud);
    if (!self->alive)
        return;
    self->alive = false;
    tpn_fin *outer = heap->fin;
    heap->fin = fin;
    self->item()->~T();
    heap->fin = outer;
}

/* The type of this heap for a C++ class; id == 0 if it is not registered. */
template <class T> tpn_type type_of(tpn_ctx *ctx)
{
    for (const std::pair<const void *, tpn_type> &entry : state::of(ctx)->types)
        if (entry.first == &key<T>::place)
            return entry.second;
    return tpn_type{0};
}

/* The payload of a value; NULL with an error pending if it is of another type. */
template <class T> payload<T> *payload_of(tpn_ctx *ctx, tpn_val from)
{
    return static_cast<payload<T> *>(tpn_payload(ctx, from, type_of<T>(ctx)));
}

/* The C++ object in a value; NULL with an error pending if it is of another type, or a script has made it without calling its __init__. */
template <class T> T *item_of(tpn_ctx *ctx, tpn_val from)
{
    payload<T> *data = payload_of<T>(ctx, from);
    if (data != nullptr && !data->alive)
        (void)tpn_raise_std(ctx, "ValueError", "the object is not made yet: its __init__ was not called");
    return data == nullptr || !data->alive ? nullptr : data->item();
}

/* A payload whose object a script makes. */
template <class T> struct unmade { payload<T> *data; };

/* The __init__ of a class with a constructor of such parameters. */
template <class T, class... A> struct maker {
    void operator()(unmade<T> self, A... arguments) const
    {
        new (self.data->item()) T(std::forward<A>(arguments)...);
        self.data->alive = true;
    }
};

} /* namespace detail */

template <class T> struct convert<detail::unmade<T>> {
    static bool take(tpn_ctx *ctx, tpn_val from, detail::unmade<T> &out)
    {
        out.data = detail::payload_of<T>(ctx, from);
        if (out.data != nullptr && out.data->alive)
            (void)tpn_raise_std(ctx, "TypeError", "__init__ was called already");
        return out.data != nullptr && !out.data->alive;
    }
};

/* A value that is an object of a C++ class: a local, as value is, with a pointer to the C++ object. */
template <class T> class object : public value {
public:
    object() : item_(nullptr) {}
    object(value of, T *item) : value(of), item_(item) {}
    T *operator->() const { return item_; }
    T &operator*() const { return *item_; }
    /* What a slot refers to; is_absent() when it is empty. */
    value get_slot(slot T::*member) const
    {
        return item_ == nullptr ? value(*this) : value(ctx(), tpn_slot_get(ctx(), get(), &(item_->*member).slot_));
    }
    /* Stores; value() empties it. */
    void set_slot(slot T::*member, value item) const
    {
        if (item_ != nullptr)
            detail::checked(ctx(), tpn_slot_set(ctx(), get(), &(item_->*member).slot_, item.get()));
    }

private:
    T *item_;
};
template <class T> struct convert<object<T>> {
    static tpn_val make(tpn_ctx *, const object<T> &item) { return item.get(); }
    static bool take(tpn_ctx *ctx, tpn_val from, object<T> &out)
    {
        T *item = detail::item_of<T>(ctx, from);
        return item != nullptr && (out = object<T>(value(ctx, from), item), true);
    }
};

/* ---- functions for scripts ---- */

namespace detail {

/* The arguments of a call, taken from left to right. */
struct frame {
    tpn_ctx *ctx;
    tpn_val self; /* TPN_ABSENT once it is taken, and for plain functions */
    const tpn_val *argv;
    bool good;
    tpn_val next()
    {
        tpn_val first = self;
        self = tpn_absent();
        return tpn_is_absent(first) ? *argv++ : first;
    }
};

/* A parameter that is converted. */
template <class P, bool HOST = is_host<plain<P>>::value> struct parameter {
    static_assert(!std::is_lvalue_reference<P>::value || std::is_const<typename std::remove_reference<P>::type>::value,
                  "a converted argument is a copy: take it by value or const reference");
    static constexpr int takes = 1;
    plain<P> item;
    explicit parameter(frame &call) : item() { call.good = call.good && convert<plain<P>>::take(call.ctx, call.next(), item); }
    plain<P> &&pass() { return std::move(item); }
};
/* One that is an object of a C++ class. */
template <class P> struct parameter<P, true> {
    static_assert(std::is_lvalue_reference<P>::value, "objects of the heap are not copied: take them by reference");
    static constexpr int takes = 1;
    plain<P> *item;
    explicit parameter(frame &call) : item(call.good ? item_of<plain<P>>(call.ctx, call.next()) : nullptr)
    {
        call.good = item != nullptr;
    }
    P pass() { return *item; }
};
/* The context, which is no argument of the script. */
struct seat {
    static constexpr int takes = 0;
    tpn_ctx *ctx;
    explicit seat(frame &call) : ctx(call.ctx) {}
    inline context pass();
};
template <> struct parameter<context, true> : seat { using seat::seat; };
template <> struct parameter<const context &, true> : seat { using seat::seat; };

template <class... A> struct total : std::integral_constant<int, 0> {};
template <class A, class... Rest> struct total<A, Rest...> : std::integral_constant<int, parameter<A>::takes + total<Rest...>::value> {};

/* Calls a callable with the arguments, and makes a value of the result. */
template <class R, class... A> struct shape {
    static constexpr int takes = total<A...>::value;
    template <class F> static tpn_val call(F &f, frame &call) { return with(f, call, typename count<sizeof...(A)>::type()); }

private:
    template <class F, std::size_t... I> static tpn_val with(F &f, frame &call, indices<I...>)
    {
        std::tuple<parameter<A>...> arguments{parameter<A>(call)...}; /* braces: from left to right */
        if (!call.good)
            return tpn_err();
        return result(call.ctx, f, std::is_void<R>(), std::get<I>(arguments)...);
    }
    template <class F, class... P> static tpn_val result(tpn_ctx *, F &f, std::true_type, P &...arguments)
    {
        f(arguments.pass()...);
        return tpn_none();
    }
    template <class F, class... P> static tpn_val result(tpn_ctx *ctx, F &f, std::false_type, P &...arguments)
    {
        return convert<plain<R>>::make(ctx, f(arguments.pass()...));
    }
};

/* The shape of what a callable's type says. */
template <class F> struct shape_of : shape_of<decltype(&F::operator())> {};
template <class R, class... A> struct shape_of<R (*)(A...)> : shape<R, A...> {};
template <class C, class R, class... A> struct shape_of<R (C::*)(A...)> : shape<R, A...> {};
template <class C, class R, class... A> struct shape_of<R (C::*)(A...) const> : shape<R, A...> {};
#if defined(__cpp_noexcept_function_type)
template <class R, class... A> struct shape_of<R (*)(A...) noexcept> : shape<R, A...> {};
template <class C, class R, class... A> struct shape_of<R (C::*)(A...) noexcept> : shape<R, A...> {};
template <class C, class R, class... A> struct shape_of<R (C::*)(A...) const noexcept> : shape<R, A...> {};
#endif

template <class F> struct function_box : box {
    F f;
    explicit function_box(F made) : f(std::move(made)) {}
};

/* What the library calls: nothing is thrown through it. */
template <class F> tpn_val enter(tpn_ctx *ctx, void *ud, tpn_val self, int32_t, const tpn_val *argv)
{
    F &f = static_cast<function_box<F> *>(static_cast<box *>(ud))->f;
    frame call = {ctx, self, argv, true};
#if TPN_HPP_THROWS
    try {
        return shape_of<F>::call(f, call);
    } catch (const error &e) {
        return e.raise(ctx);
    } catch (const std::bad_alloc &) {
        return tpn_raise_std(ctx, "MemoryError", nullptr);
    } catch (const std::exception &e) {
        return tpn_raise_std(ctx, "RuntimeError", e.what());
    } catch (...) {
        return tpn_raise_std(ctx, "RuntimeError", "a C++ exception of unknown type");
    }
#else
    return shape_of<F>::call(f, call); /* an error that is pending then is raised, whatever this gives */
#endif
}

/* The same for setters, which are told of deletions by an absent value. */
template <class F> tpn_val enter_setter(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    if (tpn_is_absent(argv[0]))
        return tpn_raise_std(ctx, "AttributeError", "the attribute can't be deleted");
    return enter<F>(ctx, ud, self, argc, argv);
}

/* A member function as a callable whose first parameter is the object. */
template <class C, class M, class R, class... A> struct member {
    M f;
    R operator()(C &self, A... arguments) const { return (self.*f)(std::forward<A>(arguments)...); }
};

/* Functions on their way into the heap; they are destroyed if they don't get there. */
class functions {
public:
    template <class F> void add(const char *name, F f, uint32_t flags)
    {
        int32_t takes = shape_of<F>::takes - (flags == TPN_FN_PLAIN ? 0 : 1);
        boxes_.emplace_back(new function_box<F>(std::move(f)));
        tpn_fnspec spec;
        std::memset(&spec, 0, sizeof spec);
        spec.size = static_cast<uint32_t>(sizeof spec);
        spec.flags = flags;
        spec.name = name;
        spec.fn = flags == TPN_FN_SETTER ? enter_setter<F> : enter<F>;
        spec.ud = boxes_.back().get();
        spec.ud_free = box::release;
        spec.min_args = spec.max_args = flags == TPN_FN_SETTER ? 0 : takes;
        specs_.push_back(spec);
    }
    const tpn_fnspec *specs() const { return specs_.data(); }
    uint32_t size() const { return static_cast<uint32_t>(specs_.size()); }
    /* The heap was given them, and has or hasn't taken them. */
    void given(bool taken)
    {
        for (std::unique_ptr<box> &item : boxes_)
            if (taken)
                (void)item.release();
        boxes_.clear();
        specs_.clear();
    }

private:
    std::vector<std::unique_ptr<box>> boxes_;
    std::vector<tpn_fnspec> specs_;
};

} /* namespace detail */

/* A module in the making. The names must last until add(). */
class module_builder {
public:
    module_builder(tpn_ctx *ctx, const char *name) : ctx_(ctx), name_(name) {}
    /* A function: a lambda or other callable, or a function pointer. Its parameters say how many arguments it takes and of which types; a
     * parameter of type context is none of them. Objects of registered classes come by reference or as object<T>. */
    template <class F> module_builder &def(const char *name, F f)
    {
        functions_.add(name, std::move(f), TPN_FN_PLAIN);
        return *this;
    }
    /* Makes the module, which scripts can import. */
    value add()
    {
        tpn_val made = tpn_module(ctx_, name_, functions_.specs(), functions_.size());
        functions_.given(!tpn_is_err(made));
        return value(ctx_, made);
    }

private:
    tpn_ctx *ctx_;
    const char *name_;
    detail::functions functions_;
};

/* A C++ class as a type of the host, in the making. The names must last until add(). */
template <class T> class type_builder {
public:
    type_builder(tpn_ctx *ctx, const char *name) : ctx_(ctx), name_(name), flags_(0) {}
    /* Scripts make objects by calling the class: its constructor for parameters of these types gets the arguments. Without it, only
     * context::create makes them. */
    template <class... A> type_builder &init()
    {
        flags_ |= TPN_TYPE_NEW;
        return add("__init__", detail::maker<T, A...>(), TPN_FN_METHOD);
    }
    /* After init(): scripts may derive classes from it. */
    type_builder &derivable()
    {
        flags_ |= TPN_TYPE_BASE;
        return *this;
    }
    /* A method: a member function, or a callable whose first parameter is the object (T & or object<T>). */
    template <class F> type_builder &def(const char *name, F f) { return add(name, std::move(f), TPN_FN_METHOD); }
    /* An attribute that is computed. */
    template <class F> type_builder &getter(const char *name, F f) { return add(name, std::move(f), TPN_FN_GETTER); }
    /* What sets the attribute that a getter of the same name computes: its last parameter is the value. */
    template <class F> type_builder &setter(const char *name, F f) { return add(name, std::move(f), TPN_FN_SETTER); }
    /* Declares a member to be a reference that the heap looks after. */
    type_builder &slot(taipan::slot T::*member)
    {
        /* Where it lies; there need not be an object for that. */
        detail::payload<T> probe;
        const char *place = reinterpret_cast<const char *>(&(probe.item()->*member));
        slots_.push_back(static_cast<uint32_t>(place - reinterpret_cast<const char *>(&probe)));
        return *this;
    }
    /* Registers it; once for each class and heap. */
    value add()
    {
        detail::state *heap = detail::state::of(ctx_);
        tpn_typespec spec;
        tpn_type type = {0};
        std::memset(&spec, 0, sizeof spec);
        spec.size = static_cast<uint32_t>(sizeof spec);
        spec.name = name_;
        spec.flags = flags_;
        spec.payload_size = static_cast<uint32_t>(sizeof(detail::payload<T>));
        spec.payload_align = static_cast<uint32_t>(alignof(detail::payload<T>));
        spec.slots = slots_.data();
        spec.n_slots = static_cast<uint32_t>(slots_.size());
        spec.finalize = detail::finalize<T>;
        spec.ud = heap;
        spec.fns = functions_.specs();
        spec.n_fns = functions_.size();
        heap->types.reserve(heap->types.size() + 1);
        tpn_status status = tpn_type_new(ctx_, &spec, &type);
        functions_.given(status == TPN_OK);
        detail::checked(ctx_, status);
        if (status == TPN_OK)
            heap->types.emplace_back(&detail::key<T>::place, type);
        return value(ctx_, tpn_type_val(ctx_, type));
    }

private:
    template <class F> type_builder &add(const char *name, F f, uint32_t flags)
    {
        functions_.add(name, std::move(f), flags);
        return *this;
    }
    template <class R, class C, class... A> type_builder &add(const char *name, R (C::*f)(A...), uint32_t flags)
    {
        return add(name, detail::member<T, R (C::*)(A...), R, A...>{f}, flags);
    }
    template <class R, class C, class... A> type_builder &add(const char *name, R (C::*f)(A...) const, uint32_t flags)
    {
        return add(name, detail::member<T, R (C::*)(A...) const, R, A...>{f}, flags);
    }
#if defined(__cpp_noexcept_function_type)
    template <class R, class C, class... A> type_builder &add(const char *name, R (C::*f)(A...) noexcept, uint32_t flags)
    {
        return add(name, static_cast<R (C::*)(A...)>(f), flags);
    }
    template <class R, class C, class... A> type_builder &add(const char *name, R (C::*f)(A...) const noexcept, uint32_t flags)
    {
        return add(name, static_cast<R (C::*)(A...) const>(f), flags);
    }
#endif
    tpn_ctx *ctx_;
    const char *name_;
    uint32_t flags_;
    std::vector<uint32_t> slots_;
    detail::functions functions_;
};

/* ---- contexts and heaps ---- */

/* The calling thread's seat in a heap. */
class context {
public:
    explicit context(tpn_ctx *ctx) : ctx_(ctx) {}
    tpn_ctx *get() const { return ctx_; }

    /* Runs statements, evaluates an expression, among the globals of __main__; `file` is for messages. */
    value exec(const std::string &source, const char *file = nullptr) const
    {
        return value(ctx_, tpn_exec(ctx_, source.data(), source.size(), file));
    }
    value eval(const std::string &source, const char *file = nullptr) const
    {
        return value(ctx_, tpn_eval(ctx_, source.data(), source.size(), file));
    }
    /* The module __main__, and one of the globals. */
    value main() const { return value(ctx_, tpn_main(ctx_)); }
    value global(const char *name) const { return main().attr(name); }

    /* A value of a C++ one: nullptr (None), bool, numbers, text (UTF-8), std::vector (a list), and what convert<> knows. */
    template <class T> value make(const T &item) const { return detail::made(ctx_, item); }
    value dict() const { return value(ctx_, tpn_dict(ctx_, 0, nullptr)); }
    template <class... A> value tuple(const A &...items) const
    {
        tpn_val all[] = { make(items).get()..., tpn_absent() };
        return value(ctx_, tpn_tuple(ctx_, static_cast<int64_t>(sizeof...(A)), all));
    }
    /* Memory of the host's as a memoryview: see tpn_memory. */
    value memory(void *data, std::size_t len, uint32_t flags = 0, tpn_free_fn free_fn = nullptr, void *ud = nullptr) const
    {
        return value(ctx_, tpn_memory(ctx_, data, len, flags, free_fn, ud));
    }
    /* A new object of a registered class. */
    template <class T, class... A> object<T> create(A &&...arguments) const
    {
        void *place = nullptr;
        value made(ctx_, tpn_new(ctx_, detail::type_of<T>(ctx_), &place));
        if (made.failed())
            return object<T>(made, nullptr);
        detail::payload<T> *data = static_cast<detail::payload<T> *>(place);
        T *item = new (&data->place) T(std::forward<A>(arguments)...);
        data->alive = true;
        return object<T>(made, item);
    }
    /* The C++ object in a value, which must be of that class. */
    template <class T> object<T> as(value item) const { return item.to<object<T>>(); }

    module_builder module(const char *name) const { return module_builder(ctx_, name); }
    template <class T> type_builder<T> type(const char *name) const { return type_builder<T>(ctx_, name); }

    /* Collects; TPN_GC_DRAIN goes on until no finalizer is left. */
    void collect(int32_t level = TPN_GC_DRAIN) const
    {
        detail::state::of(ctx_)->bury();
        detail::checked(ctx_, tpn_gc_collect(ctx_, level));
    }
    /* Has scripts raise FuelExhausted after so many steps; TPN_FUEL_ANY: never. */
    void fuel(uint64_t units) const { detail::checked(ctx_, tpn_fuel_set(ctx_, units)); }
    tpn_stats stats() const
    {
        tpn_stats out;
        std::memset(&out, 0, sizeof out);
        out.size = static_cast<uint32_t>(sizeof out);
        detail::checked(ctx_, tpn_gc_stats(ctx_, &out));
        return out;
    }

    /* Without exceptions: whether an error is pending, and that error, which is not pending any more. */
    bool failed() const { return tpn_pending(ctx_) != 0; }
    error take_error() const { return detail::taken(ctx_, TPN_OK); }

private:
    tpn_ctx *ctx_;
};

inline context detail::seat::pass() { return context(ctx); }
inline scope::scope(const context &py) : scope(py.get()) {}

/* What a heap is made with. get() has the fields that are not named here, but for `user`. */
class config {
public:
    config() { (void)tpn_config_init(&config_, static_cast<uint32_t>(sizeof config_)); }
    config &manager(const std::string &name) { return manager_ = name, *this; }
    config &hard_limit(uint64_t bytes) { return config_.hard_limit = bytes, *this; }
    config &soft_limit(uint64_t bytes) { return config_.soft_limit = bytes, *this; }
    /* Where what scripts print goes. */
    config &log(tpn_log_fn log, void *ud = nullptr) { return config_.log = log, config_.log_ud = ud, *this; }
    tpn_config &get() { return config_; }

private:
    friend class heap;
    tpn_config config_;
    std::string manager_;
};

/* A heap. */
class heap {
public:
    explicit heap(const config &config = taipan::config()) : state_(std::make_shared<detail::state>()), heap_(nullptr)
    {
        char text[512] = "";
        tpn_config made = config.config_;
        made.user = state_.get();
        if (!config.manager_.empty())
            made.manager = config.manager_.c_str();
        tpn_status status = tpn_heap_new(&made, &heap_, text, sizeof text);
        if (status == TPN_OK)
            status = tpn_attach_heap(heap_, &state_->ctx);
        if (status == TPN_OK)
            return;
        message_ = text[0] != '\0' ? text : tpn_status_name(status);
        close();
#if TPN_HPP_THROWS
        throw error(status, message_);
#endif
    }
    heap(heap &&other) noexcept : state_(std::move(other.state_)), heap_(other.heap_), message_(std::move(other.message_))
    {
        other.heap_ = nullptr;
    }
    heap &operator=(heap &&) = delete;
    ~heap() { close(); }

    /* Without exceptions: whether there is one; if not, why. */
    bool ok() const { return heap_ != nullptr; }
    const std::string &message() const { return message_; }
    tpn_heap *get() const { return heap_; }
    /* The context of this thread. */
    context attach() const { return context(state_->ctx); }
    /* TPN_CAP_... */
    uint32_t caps() const { return tpn_heap_caps(heap_); }
    /* From any thread, as long as the heap lives: the script that runs raises KeyboardInterrupt. */
    void interrupt() const { (void)tpn_interrupt(heap_); }

private:
    void close()
    {
        if (heap_ == nullptr)
            return;
        /* Destructors run meanwhile, so the state ends after it. */
        (void)tpn_heap_free(heap_);
        state_->ctx = nullptr;
        heap_ = nullptr;
    }
    std::shared_ptr<detail::state> state_;
    tpn_heap *heap_;
    std::string message_;
};

} /* namespace TPN_HPP_MODE */
} /* namespace taipan */

#endif /* TPN_HPP */
