//! Cells that a sheet merges downwards: their value counts for every row they stand in.

use calamine::Dimensions;

use crate::book::{Book, EachRow, Stop, number};
use crate::cell::Cell;
use crate::columns::{Columns, Field};

/// A merged area of a column in use, over more rows than one; rows as people see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Area {
    first: u32,
    last: u32,
    column: u32,
    field: Field,
}

/// The merged areas of a sheet that matter.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// By their first row; those of one field are apart.
    areas: Vec<Area>,
}

impl Merged {
    /// Those of a sheet from `first_row` on, as far as its columns are in use.
    pub(crate) fn of(regions: &[Dimensions], first_row: u32, columns: &Columns) -> Self {
        let mut areas = Vec::new();
        for region in regions {
            let (first, last) = (number(region.start.0), number(region.end.0));
            if last <= first || first < first_row {
                continue;
            }
            // Merged sideways, the value is that of the first column alone.
            if let Some(field) = columns.field_at(region.start.1 as usize) {
                areas.push(Area { first, last, column: region.start.1, field });
            }
        }
        areas.sort();
        // Areas of one column do not overlap, except in a file that wants to be costly.
        let mut ends = [0; Field::COUNT];
        areas.retain(|area| {
            let end = &mut ends[area.field.index()];
            let is_apart = area.first > *end;
            if is_apart {
                *end = area.last;
            }
            is_apart
        });
        Self { areas }
    }

    /// Calls `row` with each row of a sheet, merged cells filled in.
    pub(crate) fn each_row(
        &self,
        book: &mut dyn Book,
        sheet: &str,
        first_row: u32,
        columns: &Columns,
        row: &mut EachRow<'_>,
    ) -> Result<(), Stop> {
        if self.areas.is_empty() {
            return book.each_row(sheet, first_row, columns, row);
        }
        let mut next = self.areas.iter().peekable();
        let mut open: Vec<(Area, Cell<'static>)> = Vec::new();
        book.each_row(sheet, first_row, columns, &mut |at, cells| {
            open.retain(|(area, _)| area.last >= at);
            while let Some(area) = next.next_if(|area| area.first <= at) {
                let cell = &cells[area.field.index()];
                // Whose first row has no cell at all is empty all over.
                if area.first == at && !cell.is_blank() {
                    open.push((*area, owned(cell)));
                }
            }
            if open.is_empty() {
                return row(at, cells);
            }
            let mut filled = cells.clone();
            for (area, value) in &open {
                let cell = &mut filled[area.field.index()];
                if cell.is_blank() {
                    *cell = value.clone();
                }
            }
            row(at, &filled)
        })
    }
}

fn owned(cell: &Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Empty => Cell::Empty,
        Cell::Text(text) => Cell::Text(text.clone().into_owned().into()),
        Cell::Number(number) => Cell::Number(*number),
        Cell::Bool(value) => Cell::Bool(*value),
        Cell::Date(at) => Cell::Date(*at),
        Cell::Time(fraction) => Cell::Time(*fraction),
        Cell::Error(error) => Cell::Error(error.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(first: u32, last: u32) -> Dimensions {
        Dimensions { start: (first, 0), end: (last, 0) }
    }

    #[test]
    fn areas_that_lie_on_each_other_are_one() {
        let columns = Columns::read(&["Guía".to_owned(), "Estatus".to_owned()]);
        let apart = [region(1, 2), region(3, 4)];
        assert_eq!(Merged::of(&apart, 1, &columns).areas.len(), 2);
        let heap = vec![region(1, 200_000); 10_000];
        assert_eq!(Merged::of(&heap, 1, &columns).areas.len(), 1);
        let stairs: Vec<_> = (1..10_000).map(|row| region(row, row + 1)).collect();
        assert_eq!(Merged::of(&stairs, 1, &columns).areas.len(), 5_000, "none over a row that is taken");
    }
}
