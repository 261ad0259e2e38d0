//! `#[derive(Object)]`: makes a Rust struct a type of heap objects.
//!
//! For `struct Entry { next: Slot<Entry>, key: i64 }` it generates `EntryInit<'a> { next: Option<Local<'a, Entry>>, key: i64 }`, from
//! which alone entries are made, a constant `Entry::next` per slot for `put`, and the implementation of `Object`.
//!
//! `SlotVec<T>` and `SlotMap<K, T>` fields start empty, are not in `EntryInit`, have constants too, and are traced.
//!
//! Attributes: `#[object(finalize = PATH)]` a finalizer `fn(&mut Cx, Handle)`; `#[object(notify = PATH)]` a function of the same kind that
//! runs when what the object watches has died; `#[object(external = PATH)]` a function `fn(&Self) -> usize` for the bytes outside the heap
//! that an object owns; `#[object(pinned)]` for objects that stay where they are if the manager can do that. The heap believes `#[object(unsafe(shape = PATH))]`, a
//! fixed shape id that no other type has in any heap where this one is used, and `#[object(unsafe(trace = PATH))]`, an unsafe function that
//! shows references which slots and containers don't.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use quote::{format_ident, quote};
use syn::{
    parse_macro_input, spanned::Spanned, Data, DeriveInput, Error, Fields, FieldsNamed, Ident, Path, Type,
};

/// See the crate's page.
#[proc_macro_derive(Object, attributes(object))]
pub fn derive_object(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

#[derive(Default)]
struct Attributes {
    shape: Option<Path>,
    finalize: Option<Path>,
    notify: Option<Path>,
    trace: Option<Path>,
    external: Option<Path>,
    pinned: bool,
}

fn attributes(input: &DeriveInput) -> Result<Attributes, Error> {
    let mut found = Attributes::default();
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("object")) {
        attribute.parse_nested_meta(|meta| {
            let target = if meta.path.is_ident("finalize") {
                &mut found.finalize
            } else if meta.path.is_ident("notify") {
                &mut found.notify
            } else if meta.path.is_ident("external") {
                &mut found.external
            } else if meta.path.is_ident("pinned") {
                found.pinned = true;
                return Ok(());
            } else if meta.path.is_ident("unsafe") {
                return meta.parse_nested_meta(|meta| {
                    let target = if meta.path.is_ident("shape") {
                        &mut found.shape
                    } else if meta.path.is_ident("trace") {
                        &mut found.trace
                    } else {
                        return Err(meta.error("expected `shape` or `trace`"));
                    };
                    *target = Some(meta.value()?.parse()?);
                    Ok(())
                });
            } else if meta.path.is_ident("shape") || meta.path.is_ident("trace") {
                return Err(meta.error("the heap can't check this: write `unsafe(… = …)`"));
            } else {
                return Err(meta.error(
                    "expected `finalize`, `notify`, `external`, `pinned`, `unsafe(shape = …)` or `unsafe(trace = …)`",
                ));
            };
            *target = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// What a field is to the heap.
enum Role {
    /// `Slot<T>`, with the `T` (`Any` for a plain `Slot`).
    Slot(TokenStream2),
    /// `SlotVec<T>`
    Vec,
    /// `SlotMap<K, T>`
    Map,
    /// Plain data.
    Plain,
}

fn role(ty: &Type) -> Role {
    let Type::Path(path) = ty else { return Role::Plain };
    let Some(last) = path.path.segments.last() else { return Role::Plain };
    if last.ident == "SlotVec" {
        return Role::Vec;
    }
    if last.ident == "SlotMap" {
        return Role::Map;
    }
    if last.ident != "Slot" {
        return Role::Plain;
    }
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(first) => Role::Slot(quote!(#first)),
            None => Role::Slot(quote!(::taipan_gc::Any)),
        },
        _ => Role::Slot(quote!(::taipan_gc::Any)),
    }
}

/// What the fields of a type turn into.
#[derive(Default)]
struct Parts {
    init_fields: Vec<TokenStream2>,
    build_fields: Vec<TokenStream2>,
    constants: Vec<TokenStream2>,
    offsets: Vec<TokenStream2>,
    names: Vec<TokenStream2>,
    containers: Vec<Ident>,
    /// Whether the init struct holds locals.
    borrows: bool,
}

fn parts(name: &Ident, fields: &FieldsNamed) -> Parts {
    let mut parts = Parts::default();
    for field in &fields.named {
        let (Some(ident), ty, vis) = (&field.ident, &field.ty, &field.vis) else {
            continue;
        };
        let init_doc = format!("`{ident}` of a new [`{name}`].");
        let mut constant = |kind: TokenStream2, ty: TokenStream2, doc: String| {
            parts.constants.push(quote! {
                #[doc = #doc]
                #[allow(non_upper_case_globals, dead_code)]
                #vis const #ident: ::taipan_gc::#kind<#name, #ty> =
                    // SAFETY: the offset is that of a field of this type.
                    unsafe { ::taipan_gc::#kind::at(::core::mem::offset_of!(#name, #ident)) };
            });
        };
        match role(ty) {
            Role::Slot(target) => {
                constant(quote!(Field), target.clone(), format!("The slot `{ident}`, for `put`."));
                parts.borrows = true;
                parts.init_fields.push(
                    quote!(#[doc = #init_doc] #vis #ident: ::core::option::Option<::taipan_gc::Local<'a, #target>>),
                );
                parts.build_fields.push(quote!(#ident: slots.slot(self.#ident)));
                parts.offsets.push(quote!(::core::mem::offset_of!(#name, #ident)));
                let text = ident.to_string();
                parts.names.push(quote!((::core::mem::offset_of!(#name, #ident), #text)));
            }
            Role::Vec => {
                constant(
                    quote!(ContainerField),
                    quote!(#ty),
                    format!("The container `{ident}`, for `push` and its like."),
                );
                parts.build_fields.push(quote!(#ident: slots.vec()));
                parts.containers.push(ident.clone());
            }
            Role::Map => {
                constant(
                    quote!(ContainerField),
                    quote!(#ty),
                    format!("The container `{ident}`, for `insert` and its like."),
                );
                parts.build_fields.push(quote!(#ident: slots.map()));
                parts.containers.push(ident.clone());
            }
            Role::Plain => {
                parts.init_fields.push(quote!(#[doc = #init_doc] #vis #ident: #ty));
                parts.build_fields.push(quote!(#ident: self.#ident));
            }
        }
    }
    parts
}

/// The optional items of `impl Object`.
fn hooks(name: &Ident, attributes: Attributes, containers: &[Ident]) -> TokenStream2 {
    let shape = attributes.shape.map(|p| {
        quote!(const STATIC_SHAPE: ::core::option::Option<::taipan_gc::ShapeId> = ::core::option::Option::Some(#p);)
    });
    let finalize = attributes.finalize.map(|p| {
        quote!(const FINALIZE: ::core::option::Option<::taipan_gc::shape::FinalizeFn> = ::core::option::Option::Some(#p);)
    });
    let notify = attributes.notify.map(|p| {
        quote!(const NOTIFY: ::core::option::Option<::taipan_gc::shape::FinalizeFn> = ::core::option::Option::Some(#p);)
    });
    let pinned = attributes.pinned.then(|| {
        quote!(
            const PINNED: bool = true;
        )
    });
    let (user_trace, user_external) = (attributes.trace.into_iter(), attributes.external.into_iter());
    let trace = (user_trace.len() > 0 || !containers.is_empty()).then(|| {
        quote! {
            const TRACE: ::core::option::Option<::taipan_gc::shape::TraceFn> = {
                unsafe fn trace(payload: *mut u8, visitor: &mut dyn ::taipan_gc::Visitor) {
                    // SAFETY: the heap calls this for objects of this type, at `&mut` points.
                    unsafe {
                        let _this = &*payload.cast::<#name>();
                        #(_this.#containers.trace(visitor);)*
                        #(#user_trace(payload, visitor);)*
                    }
                }
                ::core::option::Option::Some(trace)
            };
        }
    });
    let external = (user_external.len() > 0 || !containers.is_empty()).then(|| {
        quote! {
            const EXTERNAL: ::core::option::Option<fn(&Self) -> usize> = {
                fn external(this: &#name) -> usize {
                    0 #(+ this.#containers.external_bytes())* #(+ #user_external(this))*
                }
                ::core::option::Option::Some(external)
            };
        }
    });
    quote!(#shape #finalize #notify #trace #external #pinned)
}

fn expand(input: &DeriveInput) -> Result<TokenStream2, Error> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "Object can only be derived for structs"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.span(), "Object needs named fields"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(input.generics.span(), "types in the heap have no parameters"));
    }
    let attributes = attributes(input)?;
    let (name, vis) = (&input.ident, &input.vis);
    let init = format_ident!("{name}Init");
    let Parts { init_fields, build_fields, constants, offsets, names, containers, borrows } =
        parts(name, fields);
    let hooks = hooks(name, attributes, &containers);
    let lifetime = borrows.then(|| quote!(<'a>));
    let any_lifetime = borrows.then(|| quote!(<'_>));
    let init_doc = format!("What a [`{name}`] is made of.");
    let name_text = name.to_string();
    Ok(quote! {
        #[doc = #init_doc]
        #vis struct #init #lifetime {
            #(#init_fields,)*
        }

        impl #name {
            #(#constants)*
        }

        // SAFETY: locals of this type are made by `Cx::alloc` and checked downcasts alone.
        unsafe impl ::taipan_gc::Payload for #name {}

        // SAFETY: the offsets of all slot fields are listed, and containers traced; other fields can't hold references, because slots,
        // containers and locals are not constructible or not Send.
        unsafe impl ::taipan_gc::Object for #name {
            const NAME: &'static str = #name_text;
            const SLOTS: &'static [usize] = &[#(#offsets),*];
            const FIELDS: &'static [(usize, &'static str)] = &[#(#names),*];
            #hooks
        }

        // SAFETY: every slot and container made goes into its field of the object.
        unsafe impl ::taipan_gc::Init for #init #any_lifetime {
            type Object = #name;
            #[inline(always)]
            fn build(self, slots: &::taipan_gc::SlotMaker<'_>) -> #name {
                let _ = slots;
                #name { #(#build_fields,)* }
            }
        }
    })
}
