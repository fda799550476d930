"""How a support vector machine of pairs should label: by votes of the pairs or by coupled probabilities? Cross-validated on training clips only.

    python3 tools/learn/svm_labels.py X.npy y.npy        (tools/golden/requirements.txt)

The test fifth (stratified, random_state 42) is put aside and never looked at; the others are cut into 5 stratified folds, three times. Prints the
accuracy of scikit-learn's SVC(probability=True) under each rule.
"""
import sys

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def main():
    x, y = np.load(sys.argv[1]), np.load(sys.argv[2])
    rows, _ = train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=42)
    scores = []
    for seed in range(3):
        for train, held_out in StratifiedKFold(5, shuffle=True, random_state=seed).split(rows, y[rows]):
            train, held_out = rows[train], rows[held_out]
            scaler = StandardScaler().fit(x[train])
            machine = SVC(probability=True, random_state=seed).fit(scaler.transform(x[train]), y[train])
            scaled = scaler.transform(x[held_out])
            by_probability = machine.classes_[machine.predict_proba(scaled).argmax(axis=1)]
            scores.append([(by_probability == y[held_out]).mean(), (machine.predict(scaled) == y[held_out]).mean()])
    probability, votes = np.mean(scores, axis=0)
    print(f"by probability {probability:.4f}, by votes {votes:.4f}")


main()
