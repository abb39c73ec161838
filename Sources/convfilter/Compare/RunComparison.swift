import Raster
import Reports
import Text

/// Several trainings beside each other, the best first.
struct RunComparison {
  let runs: [ComparedRun]
  /// Settings in which they differ, in the order of the reports.
  let differing: [String]

  init(_ runs: [ComparedRun]) {
    // Equal results keep the order of the command line.
    self.runs = runs.enumerated().sorted {
      $0.element.result == $1.element.result
        ? $0.offset < $1.offset : $0.element.result > $1.element.result
    }.map(\.element)
    var names: [String] = []
    for run in runs { names += run.settings.map(\.name).filter { !names.contains($0) } }
    // How many epochs there were has a column in any case.
    differing = names.filter { name in
      name != "epochs" && Set(runs.map { $0.setting(name) }).count > 1
    }
  }

  /// What a terminal shows: settings that are too long for a column stand below, run by run.
  var text: String {
    let isLong = { (name: String) in
      runs.contains { $0.setting(name).count > Self.longestCell }
    }
    // The layers of presets are told by their names.
    let isKnown = Set(runs.map { $0.setting("model") }).count == runs.count
    let below = differing.filter { isLong($0) && !(isKnown && $0 == "layers") }.map { name in
      "\n\(name)\n"
        + runs.filter { !$0.setting(name).isEmpty }
        .map { "  \($0.name): \($0.setting(name))\n" }.joined()
    }
    return table(differing.filter { !isLong($0) }).text() + below.joined()
  }

  /// Letters of a setting that still make a column of a terminal.
  private static let longestCell = 24

  private func table(_ differing: [String]) -> TextTable {
    var table = TextTable(
      [
        .init("run"), .init("test", .right), .init("best held out", .right), .init("loss", .right),
        .init("epochs", .right), .init("seconds", .right),
      ] + differing.map { .init($0) })
    for run in runs {
      table.add(
        [
          run.name, run.test.map { NumberText.percent($0, decimals: 2) } ?? "",
          run.best.map { "\(NumberText.percent($0.accuracy, decimals: 2)) (\($0.epoch))" } ?? "",
          run.epochs.last.map { NumberText.fixed($0.loss, 4) } ?? "", String(run.epochs.count),
          NumberText.fixed(run.seconds, 1),
        ] + differing.map { run.setting($0) })
    }
    return table
  }

  var json: JSON {
    .array(
      runs.map { run in
        [
          "run": .string(run.name), "test_accuracy": run.test.map { .number($0) } ?? .null,
          "best_held_out_accuracy": run.best.map { .number($0.accuracy) } ?? .null,
          "best_epoch": run.best.map { .integer($0.epoch) } ?? .null,
          "epochs": .integer(run.epochs.count), "seconds": .number(run.seconds),
          "loss": run.epochs.last.map { .number($0.loss) } ?? .null,
          "settings": .object(run.settings.map { ($0.name, .string($0.text)) }),
        ]
      })
  }

  /// The page: results, then the curves over each other, then what all have in common.
  var page: HTMLReport {
    var page = HTMLReport(title: "\(runs.count) trainings")
    page.add("Results", [.table(table(differing))])
    page.add(
      "Curves",
      [
        .drawings(
          [
            chart("Loss of the held-out images", "cross-entropy", isLog: true) { $0.heldOutLoss },
            chart("Accuracy of the held-out images", "per cent") { $0.heldOutAccuracy * 100 },
            chart("Loss of the training images", "cross-entropy", isLog: true) { $0.loss },
            chart("Accuracy of the training images", "per cent") { $0.accuracy * 100 },
            overTime.svg,
          ].compactMap { $0 })
      ])
    let common = runs[0].settings.filter { !differing.contains($0.name) && $0.name != "epochs" }
    if !common.isEmpty { page.add("In common", [.facts(common)]) }
    return page
  }

  /// The accuracy of the held-out images, where there are any, over the minutes that the epochs took.
  var overTime: LineChart {
    let judged = runs.filter { $0.best != nil }
    let shown = judged.isEmpty ? runs : judged
    let images = judged.isEmpty ? "training" : "held-out"
    var chart = LineChart(
      title: "Accuracy of the \(images) images over time", xLabel: "minutes of training",
      yLabel: "per cent",
      series: shown.enumerated().map { index, run in
        var minutes = 0.0
        let points = run.epochs.map { epoch in
          minutes += epoch.seconds / 60
          return Point(
            minutes, 100 * (judged.isEmpty ? epoch.accuracy : epoch.heldOutAccuracy))
        }
        return LineChart.Series(
          FilePath(run.name).shown, points: points, isDashed: index / 6 % 2 == 1)
      })
    (chart.width, chart.height) = (900, 420)
    // Short trainings beside long ones.
    let minutes = chart.series.flatMap(\.points).map(\.x).filter { $0 > 0 }
    chart.hasPowersX = (minutes.max() ?? 1) > 30 * (minutes.min() ?? 1)
    chart.wholeX = chart.hasPowersX
    return chart
  }

  private func chart(
    _ title: String, _ label: String, isLog: Bool = false, _ value: (ComparedRun.Epoch) -> Double
  ) -> String? {
    var chart = LineChart(
      title: title, xLabel: "epoch", yLabel: label,
      series: runs.enumerated().map { index, run in
        // There are six colours: those that come again are dashed.
        LineChart.Series(
          FilePath(run.name).shown, values: run.epochs.map(value), isDashed: index / 6 % 2 == 1)
      })
    guard chart.series.contains(where: { $0.points.contains { $0.y.isFinite } }) else { return nil }
    (chart.width, chart.height) = (520, 340)
    chart.hasPowersY = isLog
    return chart.svg
  }
}
