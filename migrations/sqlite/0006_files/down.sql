DROP TABLE file_sent;
DROP TABLE file;
