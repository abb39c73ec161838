import ConvNet
import Reports
import Testing

@Suite("ModelSummary")
struct ModelSummaryTests {
  func summary() throws -> ModelSummary {
    try ModelSummary(
      title: "cifar-conv",
      Network(Architecture("input 32x32x3; conv 64 3x3 relu; flatten; dense 32 relu; dense 10")))
  }

  @Test("the table has a line per layer and the totals")
  func text() throws {
    #expect(
      try summary().text() == """
        Model: cifar-conv
        ┌──────────┬───────────────────────┬──────────────┬────────────┐
        │ Layer    │ Type                  │ Output shape │ Parameters │
        ├──────────┼───────────────────────┼──────────────┼────────────┤
        │ input    │                       │ 32×32×3      │            │
        │ conv1    │ Conv2D(64, 3×3, ReLU) │ 30×30×64     │      1,792 │
        │ flatten1 │ Flatten               │ 57600        │          0 │
        │ dense1   │ Dense(32, ReLU)       │ 32           │  1,843,232 │
        │ dense2   │ Dense(10)             │ 10           │        330 │
        └──────────┴───────────────────────┴──────────────┴────────────┘
        Total parameters: 1,845,354 (7.38 MB)
        Trainable: 1,845,354
        Not trainable: 0

        """)
  }

  @Test("explanations follow on request")
  func explain() throws {
    let text = try summary().text(explain: true)
    #expect(text.contains("\nflatten1 (Flatten)\n  every value in a row: 30·30·64 = 57,600\n"))
  }
}
