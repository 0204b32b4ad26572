-- PostgreSQL keeps pushes by the day, and writes what was committed, not pages: nothing changes here.
SELECT 1;
