//! `#[derive(Object)]`: makes a Rust struct a type of heap objects.
//!
//! For `struct Entry { next: Slot<Entry>, key: i64 }` it generates `EntryInit<'a> { next: Option<Local<'a, Entry>>, key: i64 }`, from
//! which alone entries are made, a constant `Entry::next` per slot for `put`, and the implementation of `Object`.
//!
//! Attributes: `#[object(shape = PATH)]` a fixed shape id; `#[object(finalize = PATH)]` a finalizer
//! `fn(&mut Cx, Handle)`; `#[object(trace = PATH)]` an unsafe trace function.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{parse_macro_input, spanned::Spanned, Data, DeriveInput, Error, Fields, Path, Type};

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
    trace: Option<Path>,
}

fn attributes(input: &DeriveInput) -> Result<Attributes, Error> {
    let mut found = Attributes::default();
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("object")) {
        attribute.parse_nested_meta(|meta| {
            let target = if meta.path.is_ident("shape") {
                &mut found.shape
            } else if meta.path.is_ident("finalize") {
                &mut found.finalize
            } else if meta.path.is_ident("trace") {
                &mut found.trace
            } else {
                return Err(meta.error("expected `shape`, `finalize` or `trace`"));
            };
            *target = Some(meta.value()?.parse()?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The `T` of `Slot<T>` (`Any` for a plain `Slot`), or `None` for any other type.
fn slot_target(ty: &Type) -> Option<proc_macro2::TokenStream> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Slot" {
        return None;
    }
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            let first = arguments.args.first()?;
            Some(quote!(#first))
        }
        _ => Some(quote!(::taipan_gc::Any)),
    }
}

fn expand(input: &DeriveInput) -> Result<proc_macro2::TokenStream, Error> {
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
    let mut init_fields = Vec::new();
    let mut build_fields = Vec::new();
    let mut constants = Vec::new();
    let mut offsets = Vec::new();
    for field in &fields.named {
        let (Some(ident), ty, field_vis) = (&field.ident, &field.ty, &field.vis) else {
            continue;
        };
        let doc = format!("`{ident}` of a new [`{name}`].");
        if let Some(target) = slot_target(ty) {
            init_fields.push(quote!(#[doc = #doc] #field_vis #ident: ::core::option::Option<::taipan_gc::Local<'a, #target>>));
            build_fields.push(quote!(#ident: slots.slot(self.#ident)));
            offsets.push(quote!(::core::mem::offset_of!(#name, #ident)));
            let doc = format!("The slot `{ident}`, for `put`.");
            constants.push(quote! {
                #[doc = #doc]
                #[allow(non_upper_case_globals, dead_code)]
                #field_vis const #ident: ::taipan_gc::Field<#name, #target> =
                    // SAFETY: the offset is that of a field of this type.
                    unsafe { ::taipan_gc::Field::at(::core::mem::offset_of!(#name, #ident)) };
            });
        } else {
            init_fields.push(quote!(#[doc = #doc] #field_vis #ident: #ty));
            build_fields.push(quote!(#ident: self.#ident));
        }
    }
    let shape = attributes.shape.map(|p| quote!(const STATIC_SHAPE: ::core::option::Option<::taipan_gc::ShapeId> = ::core::option::Option::Some(#p);));
    let finalize = attributes.finalize.map(|p| quote!(const FINALIZE: ::core::option::Option<::taipan_gc::shape::FinalizeFn> = ::core::option::Option::Some(#p);));
    let trace = attributes.trace.map(|p| quote!(const TRACE: ::core::option::Option<::taipan_gc::shape::TraceFn> = ::core::option::Option::Some(#p);));
    let lifetime = (!constants.is_empty()).then(|| quote!(<'a>));
    let any_lifetime = (!constants.is_empty()).then(|| quote!(<'_>));
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

        // SAFETY: the offsets of all slot fields are listed; other fields can't hold references, because slots and locals are
        // not constructible or not Send.
        unsafe impl ::taipan_gc::Object for #name {
            const NAME: &'static str = #name_text;
            const SLOTS: &'static [usize] = &[#(#offsets),*];
            #shape
            #finalize
            #trace
        }

        impl ::taipan_gc::Init for #init #any_lifetime {
            type Object = #name;
            fn build(self, slots: &::taipan_gc::SlotMaker<'_>) -> #name {
                let _ = slots;
                #name { #(#build_fields,)* }
            }
        }
    })
}
