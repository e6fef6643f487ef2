SELECT 'nested, so a file as any other';
