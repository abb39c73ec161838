import ArgumentParser
import ConvNet
import Raster
import Reports
import Text

/// `train --find-rate`: losses under growing rates, drawn, and the rate to train with.
struct RateFinder {
  let plan: TrainingPlanner
  let diagnostics: Diagnostics
  /// What the command reads.
  let inputs: () -> InputFiles

  private static let steps = 200

  func run(team: ThreadTeam, memory: MemoryLimit, force: Bool, json: Bool) throws {
    let drawing = plan.files.rates
    if let existing = try FileStatus(drawing) {
      try CommandFailure.at("\(drawing)") { try inputs().check(existing) }
      if !force { throw TrainingFiles.taken(drawing) }
    }
    let trainer = try plan.trainer(team: team, memory: memory)
    StopRequest.listen()
    let bar = ProgressBar(diagnostics, total: Self.steps, unit: "steps")
    defer { bar.finish() }
    let search = try trainer.searchRate(
      steps: Self.steps, onStep: { bar.reach($0) }, shouldStop: { StopRequest.isPending })
    bar.finish()
    if StopRequest.isPending { throw ExitCode(StopRequest.exitStatus) }
    guard let rate = search.recommended else {
      throw CommandFailure(
        "the loss falls under no rate; check the data and the layers", at: plan.modelName)
    }
    try NetworkFile.write(picture(search, rate), to: drawing, replacing: force)
    try StandardOutput.write(
      json ? Self.json(search, rate).line + "\n" : Self.text(search, rate))
    diagnostics.note("drawing: \(drawing)")
  }

  private static func text(_ search: RateSearch, _ rate: Double) -> String {
    let lowest = search.points.min { $0.loss < $1.loss }!
    return "The loss is lowest (\(NumberText.fixed(lowest.loss, 3))) at a rate of "
      + "\(NumberText.short(lowest.rate, digits: 2)).\n"
      + "Recommended: --rate \(NumberText.short(rate, digits: 1))\n"
  }

  private static func json(_ search: RateSearch, _ rate: Double) -> JSON {
    [
      "recommended": .number(rate),
      "points": .array(
        search.points.map { ["rate": .number($0.rate), "loss": .number($0.loss)] }),
    ]
  }

  private func picture(_ search: RateSearch, _ rate: Double) -> Picture {
    let losses = search.points.map(\.loss)
    let lowest = losses.indices.min { losses[$0] < losses[$1] }!
    let top = losses[0] + 0.3 * max(losses[0] - losses[lowest], 0.1 * losses[0])
    // What follows once the weights have burst says nothing more.
    let end = losses.indices.first { $0 > lowest && losses[$0] > top } ?? losses.count
    var chart = LineChart(
      title: "\(plan.modelName) on \(plan.data.dataset.name): loss by rate",
      xLabel: "learning rate", yLabel: "cross-entropy",
      series: [
        LineChart.Series(
          "loss", points: search.points[..<end].map { Point($0.rate, $0.loss) }),
        LineChart.Series(
          "recommended \(NumberText.short(rate, digits: 1))",
          points: [Point(rate, 0), Point(rate, top)], isDashed: true),
      ])
    chart.hasPowersX = true
    chart.yLower = 0
    return chart.picture()
  }
}
