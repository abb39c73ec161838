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

  var table: TextTable {
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
    page.add("Results", [.table(table)])
    page.add(
      "Curves",
      [
        .drawings(
          [
            chart("Loss of the held-out images", "cross-entropy", isLog: true) { $0.heldOutLoss },
            chart("Accuracy of the held-out images", "per cent") { $0.heldOutAccuracy * 100 },
            chart("Loss of the training images", "cross-entropy", isLog: true) { $0.loss },
            chart("Accuracy of the training images", "per cent") { $0.accuracy * 100 },
          ].compactMap { $0 })
      ])
    let common = runs[0].settings.filter { !differing.contains($0.name) && $0.name != "epochs" }
    if !common.isEmpty { page.add("In common", [.facts(common)]) }
    return page
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
