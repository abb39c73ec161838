import ConvNet
import Reports
import Text

/// Shows a training while it runs: a bar on a terminal, a line an epoch everywhere.
final class TrainingDisplay {
  private let diagnostics: Diagnostics
  private let classNames: [String]
  private let batch: Int
  /// What the images that are not learnt from are called: `test` or `validation`.
  private let heldOut: String
  /// Whether pictures are decoded meanwhile.
  private let readsFiles: Bool
  private var plan: TrainingPlan
  private var bar: ProgressLine
  /// Of every step so far.
  private var losses: [Double] = []

  init(
    plan: TrainingPlan, diagnostics: Diagnostics, classNames: [String], batch: Int, heldOut: String,
    readsFiles: Bool
  ) {
    self.plan = plan
    self.diagnostics = diagnostics
    self.classNames = classNames
    self.batch = batch
    self.heldOut = heldOut
    self.readsFiles = readsFiles
    bar = ProgressLine(diagnostics)
  }

  func show(_ event: TrainingEvent) {
    switch event {
    case .began(let plan):
      self.plan = plan
      bar = ProgressLine(diagnostics)
    case .step(let report):
      losses.append(report.loss)
      draw(report)
    case .epoch(let report): diagnostics.note(line(report))
    case .warning(.singleClass(let step, let label)) where label < classNames.count:
      diagnostics.warning(
        "\(TrainingWarning.singleClass(step: step, label: label)) (\(classNames[label]))")
    case .warning(let warning): diagnostics.warning("\(warning)")
    }
  }

  /// Takes the bar away.
  func clear() { bar.clear() }

  /// Shows how the loss fell: a plot on a terminal, a line elsewhere.
  func finish() {
    clear()
    guard losses.count >= 2, let first = losses.first, let last = losses.last, last.isFinite else {
      return
    }
    let plot =
      Terminal.canRedraw(2)
      ? LossPlot.lines(losses, columns: min(80, Terminal.columns(2))) : ""
    let steps = NumberText.grouped(losses.count)
    diagnostics.note(
      plot.isEmpty
        ? "loss \(LossPlot.line(losses)) \(NumberText.short(first)) to \(NumberText.short(last))"
        : plot + "loss of \(steps) steps")
  }

  private func draw(_ report: StepReport) {
    let done = Double(report.step - plan.firstStep)
    bar.show(
      "epoch \(report.epoch + 1)/\(plan.epochs)",
      fraction: done / Double(max(1, plan.steps - plan.firstStep))
    ) { elapsed in
      let speed = Int(done * Double(batch) / max(elapsed, 1e-9))
      return "loss \(NumberText.fixed(report.epochLoss, 4))  accuracy "
        + "\(NumberText.percent(report.epochAccuracy))  \(NumberText.grouped(speed)) images/s"
    }
  }

  /// `epoch 3/5   loss 0.9123  accuracy 67.9 %   test 1.0123  64.2 %   rate 0.0012   12.3 s`.
  private func line(_ report: EpochReport) -> String {
    let width = String(plan.epochs).count
    let number = String(report.epoch + 1)
    var text =
      "epoch \(String(repeating: " ", count: width - number.count))\(number)/\(plan.epochs)"
      + "  loss \(NumberText.fixed(report.loss, 4))  accuracy \(padded(report.accuracy))"
    if let loss = report.validationLoss, let accuracy = report.validationAccuracy {
      text += "  \(heldOut): loss \(NumberText.fixed(loss, 4))  accuracy \(padded(accuracy))"
    }
    text += "  \(NumberText.fixed(report.seconds, 1)) s"
    guard readsFiles else { return text }
    let share = report.waited / max(report.seconds, 1e-9)
    return text + ", \(NumberText.percent(share)) of it waiting for pictures"
  }

  private func padded(_ share: Double) -> String {
    let text = NumberText.percent(share)
    return String(repeating: " ", count: max(0, 7 - text.count)) + text
  }
}
