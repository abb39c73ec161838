import Reports
import Testing

@Suite("ModelSummary")
struct ModelSummaryTests {
  static let summary = ModelSummary(
    title: "cifar-conv", inputShape: [32, 32, 3],
    layers: [
      .init(
        name: "conv1", type: "Conv2D 3×3, valid, ReLU", outputShape: [30, 30, 64], trainable: 1792,
        explanation: ["64 · (3 · 3 · 3 + 1) = 1,792 parameters"]),
      .init(name: "flatten", type: "Flatten", outputShape: [57600], trainable: 0),
      .init(name: "dense1", type: "Dense, ReLU", outputShape: [32], trainable: 1_843_232),
      .init(name: "dense2", type: "Dense, softmax", outputShape: [10], trainable: 330),
    ])

  @Test("the table has a line per layer and the totals")
  func text() {
    #expect(
      Self.summary.text() == """
        Model: cifar-conv
        ┌─────────┬─────────────────────────┬──────────────┬────────────┐
        │ Layer   │ Type                    │ Output shape │ Parameters │
        ├─────────┼─────────────────────────┼──────────────┼────────────┤
        │ input   │                         │ 32×32×3      │            │
        │ conv1   │ Conv2D 3×3, valid, ReLU │ 30×30×64     │      1,792 │
        │ flatten │ Flatten                 │ 57600        │          0 │
        │ dense1  │ Dense, ReLU             │ 32           │  1,843,232 │
        │ dense2  │ Dense, softmax          │ 10           │        330 │
        └─────────┴─────────────────────────┴──────────────┴────────────┘
        Total parameters: 1,845,354 (7.38 MB)
        Trainable: 1,845,354
        Not trainable: 0

        """)
  }

  @Test("explanations follow on request")
  func explain() {
    #expect(
      Self.summary.text(explain: true).hasSuffix(
        "\nconv1 (Conv2D 3×3, valid, ReLU)\n  64 · (3 · 3 · 3 + 1) = 1,792 parameters\n"))
  }
}
