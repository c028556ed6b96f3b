"""What a person is told: notices behind the bell."""
