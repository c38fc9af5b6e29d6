"""What a segment is: pure rules of the subject, with no file, no database, no window and no clock."""
