//! The deserializer: one type for every value, wherever it is in the document.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};
use toml::map::Iter;

use super::table_error::ValueError;

/// What is expected in the place of a variant.
const VARIANT: &str = "a text, or a table with one key";

/// A value of a document, with its place.
pub(super) struct ValueReader<'v, 't> {
    value: &'v DeValue<'t>,
    span: Range<usize>,
}

impl<'v, 't> ValueReader<'v, 't> {
    pub(super) fn new(value: &'v DeValue<'t>, span: Range<usize>) -> Self {
        Self { value, span }
    }

    fn of(value: &'v Spanned<DeValue<'t>>) -> Self {
        Self::new(value.get_ref(), value.span())
    }

    /// The name of a variant, and its content where it has one.
    fn variant(&self) -> Result<VariantReader<'v, 't>, ValueError> {
        let (name, content) = match self.value {
            DeValue::String(name) => (name.as_ref(), None),
            DeValue::Table(table) => match one_entry(table) {
                Some((name, content)) => (name, Some(content)),
                None => return Err(ValueError::invalid_length(table.len(), &VARIANT)),
            },
            other => return Err(ValueError::invalid_type(unexpected(other), &VARIANT)),
        };
        Ok(VariantReader { name, content })
    }
}

fn one_entry<'v, 't>(table: &'v DeTable<'t>) -> Option<(&'v str, &'v Spanned<DeValue<'t>>)> {
    let mut entries = table.iter();
    let (name, content) = entries.next()?;
    entries
        .next()
        .is_none()
        .then_some((name.get_ref().as_ref(), content))
}

impl<'de> Deserializer<'de> for ValueReader<'_, '_> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let Self { value, span } = self;
        match value {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Integer(number) => visit_integer(number, visitor),
            DeValue::Float(number) => visitor.visit_f64(float(number)?),
            DeValue::Boolean(flag) => visitor.visit_bool(*flag),
            // Without its quotes a moment is written as in the types that read one.
            DeValue::Datetime(moment) => visitor.visit_str(&moment.to_string()),
            DeValue::Array(items) => visitor.visit_seq(Items(items.iter())),
            DeValue::Table(table) => visitor.visit_map(Entries::of(table)),
        }
        .map_err(|error| error.or_at(&span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        // TOML has no empty value: an absent one has no key.
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    // A struct is never written as a list, so the code that reads one from a list is not compiled.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let result = match self.value {
            DeValue::Table(table) => visitor.visit_map(Entries::of(table)),
            other => Err(ValueError::invalid_type(unexpected(other), &visitor)),
        };
        result.map_err(|error| error.or_at(&self.span))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let result = match self.value {
            DeValue::Array(items) => visitor.visit_seq(Items(items.iter())),
            other => Err(ValueError::invalid_type(unexpected(other), &visitor)),
        };
        result.map_err(|error| error.or_at(&self.span))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        let result = match self.value {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Datetime(moment) => visitor.visit_str(&moment.to_string()),
            other => Err(ValueError::invalid_type(unexpected(other), &visitor)),
        };
        result.map_err(|error| error.or_at(&self.span))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.variant()
            .and_then(|variant| visitor.visit_enum(variant))
            .map_err(|error| error.or_at(&self.span))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple tuple_struct identifier ignored_any
    }
}

fn visit_integer<'de, V: Visitor<'de>>(
    number: &DeInteger<'_>,
    visitor: V,
) -> Result<V::Value, ValueError> {
    match i64::from_str_radix(number.as_str(), number.radix()) {
        Ok(number) => visitor.visit_i64(number),
        Err(_) => Err(ValueError::custom("this number is too large")),
    }
}

fn float(number: &DeFloat<'_>) -> Result<f64, ValueError> {
    number
        .as_str()
        .parse()
        .map_err(|_| ValueError::custom("this is not a number"))
}

fn unexpected<'v>(value: &'v DeValue<'_>) -> Unexpected<'v> {
    match value {
        DeValue::String(text) => Unexpected::Str(text),
        DeValue::Integer(_) => Unexpected::Other("a number"),
        DeValue::Float(_) => Unexpected::Other("a number with decimal places"),
        DeValue::Boolean(flag) => Unexpected::Bool(*flag),
        DeValue::Datetime(_) => Unexpected::Other("a date"),
        DeValue::Array(_) => Unexpected::Seq,
        DeValue::Table(_) => Unexpected::Map,
    }
}

/// The items of a list.
struct Items<'v, 't>(std::slice::Iter<'v, Spanned<DeValue<'t>>>);

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = ValueError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ValueError> {
        self.0
            .next()
            .map(|item| seed.deserialize(ValueReader::of(item)))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The entries of a table. Between the key and the value of an entry, `value` is that value.
struct Entries<'v, 't> {
    entries: Iter<'v, Spanned<Cow<'t, str>>, Spanned<DeValue<'t>>>,
    value: Option<&'v Spanned<DeValue<'t>>>,
}

impl<'v, 't> Entries<'v, 't> {
    fn of(table: &'v DeTable<'t>) -> Self {
        Self {
            entries: table.iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = ValueError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, ValueError> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let name: StrDeserializer<'_, ValueError> = key.get_ref().as_ref().into_deserializer();
        seed.deserialize(name)
            .map(Some)
            .map_err(|error| error.or_at(&key.span()))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, ValueError> {
        match self.value.take() {
            Some(value) => seed.deserialize(ValueReader::of(value)),
            None => Err(ValueError::custom("a value was read before its key")),
        }
    }
}

/// A variant: its name, and its content where it has one.
struct VariantReader<'v, 't> {
    name: &'v str,
    content: Option<&'v Spanned<DeValue<'t>>>,
}

impl<'de> EnumAccess<'de> for VariantReader<'_, '_> {
    type Error = ValueError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self), ValueError> {
        let name: StrDeserializer<'_, ValueError> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'v, 't> VariantReader<'v, 't> {
    fn content(self) -> Result<ValueReader<'v, 't>, ValueError> {
        let missing =
            || ValueError::invalid_type(Unexpected::UnitVariant, &"a variant with content");
        self.content.map(ValueReader::of).ok_or_else(missing)
    }
}

impl<'de> VariantAccess<'de> for VariantReader<'_, '_> {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        match self.content {
            None => Ok(()),
            Some(content) => {
                let error = ValueError::invalid_type(unexpected(content.get_ref()), &"no content");
                Err(error.or_at(&content.span()))
            }
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, ValueError> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ValueError> {
        self.content()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}
