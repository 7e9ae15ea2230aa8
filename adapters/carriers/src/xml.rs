//! Going through a document of elements and texts; whatever else it has is nothing or an error.

use ports::carriers::TrackError;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::MAX_BODY_BYTES;

/// Deepest nesting of elements; an answer has about ten.
const MAX_DEPTH: usize = 32;

/// Takes what is found, in its order. Names have no prefix; `path` are the elements around, the outermost first.
pub(crate) trait Finds {
    /// An element begins.
    fn begins(&mut self, name: &str, path: &[String]);

    /// An element ends. `content` is its text after its last child.
    fn ends(&mut self, name: &str, path: &[String], content: String);
}

/// Goes through a document. One with a type declaration is refused: it may define entities.
pub(crate) fn walk(body: &[u8], finds: &mut impl Finds) -> Result<(), TrackError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(TrackError::Malformed("too_large"));
    }
    let text = std::str::from_utf8(body).map_err(|_| TrackError::Malformed("utf8"))?;
    let mut reader = Reader::from_str(text);
    let (mut names, mut content) = (Vec::<String>::new(), String::new());
    loop {
        match reader.read_event().map_err(|_| TrackError::Malformed("xml"))? {
            Event::Start(start) => {
                content.clear();
                let name = start.local_name().as_ref().to_owned();
                finds.begins(&name, &names);
                names.push(name);
                if names.len() > MAX_DEPTH {
                    return Err(TrackError::Malformed("depth"));
                }
            }
            Event::End(_) => {
                let name = names.pop().ok_or(TrackError::Malformed("xml"))?;
                finds.ends(&name, &names, std::mem::take(&mut content));
            }
            Event::Text(part) => content.push_str(&part),
            Event::CData(part) => content.push_str(&part),
            Event::GeneralRef(name) => content.push(entity(&name)),
            Event::DocType(_) => return Err(TrackError::Malformed("doctype")),
            Event::Empty(element) => {
                let name = element.local_name().as_ref().to_owned();
                finds.begins(&name, &names);
                finds.ends(&name, &names, String::new());
                content.clear();
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if names.is_empty() => return Ok(()),
            Event::Eof => return Err(TrackError::Malformed("half")),
        }
    }
}

/// The five entities of every document and characters by their number; others are nothing.
fn entity(name: &str) -> char {
    match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => numbered(name).unwrap_or(' '),
    }
}

/// The character that `#243` or `#xF3` stands for.
fn numbered(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).filter(|found| !found.is_control())
}
