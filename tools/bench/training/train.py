"""A training step of the language models in PyTorch, for `npm run bench -- --suite train`.

Speaks the protocol of ../process/worker.ts: one JSON line when ready, one for each line read, one at the end.
"""

import json
import resource
import sys
import time


def send(message):
    print(json.dumps(message), flush=True)


def resident_kib(key):
    """VmRSS, the resident size now, or VmHWM, the largest so far; both of Linux."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(key):
                    return int(line.split()[1])
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


try:
    import torch
    from torch import nn
except ImportError as error:
    send({"skip": f"Python without PyTorch ({error}); pip install torch, or name another with --python"})
    sys.exit(0)

job = json.loads(sys.argv[1])
model_size = job["model"]
if job["device"] == "cuda" and not torch.cuda.is_available():
    send({"skip": f"PyTorch {torch.__version__} finds no CUDA device"})
    sys.exit(0)
torch.set_num_threads(job["threads"])
torch.set_num_interop_threads(1)
torch.manual_seed(1)
torch.set_default_device(job["device"])
start_kib = resident_kib("VmRSS")


class LanguageModel(nn.Module):
    def __init__(self, vocab, embed, hidden, dropout, init):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.embedding = nn.Embedding(vocab, embed)
        # nn.LSTM drops between its layers as this model does; before and after, `drop` does.
        self.lstm = nn.LSTM(embed, hidden[0], num_layers=len(hidden), batch_first=True, dropout=dropout)
        self.softmax = nn.Linear(hidden[-1], vocab)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -init, init)

    def forward(self, words, state):
        outputs, state = self.lstm(self.drop(self.embedding(words)), state)
        return self.softmax(self.drop(outputs)), state


batch, steps, vocab = model_size["batch"], model_size["steps"], model_size["vocab"]
model = LanguageModel(vocab, model_size["embed"], model_size["hidden"], model_size["dropout"], model_size["init"])
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
loss_of = nn.CrossEntropyLoss(reduction="sum")
state = None
first_loss = None


def train_step():
    global state, first_loss
    text = torch.randint(vocab, (batch, steps + 1))
    words, targets = text[:, :-1], text[:, 1:]
    logits, after = model(words, state)
    # Summed over time, mean over the batch.
    loss = loss_of(logits.reshape(-1, vocab), targets.reshape(-1)) / batch
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), model_size["clip"])
    optimizer.step()
    state = tuple(part.detach() for part in after)
    value = loss.item()
    if first_loss is None:
        first_loss = value


send({"facts": {"startKib": start_kib, "torch": torch.__version__}})
for _ in sys.stdin:
    start = time.perf_counter()
    for _ in range(job["steps"]):
        train_step()
    send({"times": {"step": (time.perf_counter() - start) * 1000 / job["steps"]}})
send({"facts": {"firstLoss": first_loss, "peakKib": resident_kib("VmHWM")}})
