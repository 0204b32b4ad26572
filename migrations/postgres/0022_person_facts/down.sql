DROP TABLE person_fact;
