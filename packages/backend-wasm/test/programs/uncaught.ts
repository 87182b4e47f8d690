// A program with the backend that ends by an error nobody catches, of the kind that its argument says.
import { useBackend } from '@secateur/backend';
import '@secateur/backend-wasm';

async function main(kind: string): Promise<void> {
  if (kind === 'own listener') {
    process.on('uncaughtException', (error) => {
      process.stdout.write(`own listener: ${error.message}\n`);
    });
  }
  await useBackend('wasm');
  setTimeout(() => {
    if (kind === 'rejected') void Promise.reject(new Error('the fault of the program'));
    else throw new Error('the fault of the program');
  });
}

await main(process.argv[2]!);
