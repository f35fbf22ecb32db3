//! Reading the spreadsheets that units keep.
