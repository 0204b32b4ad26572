DROP TABLE auto_answer;
