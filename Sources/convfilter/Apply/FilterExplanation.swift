import ArgumentParser
import KernelLanguage
import PictureFilters
import Raster
import Reports
import Text

/// What would be done to the first picture of a command line, for `--explain`.
struct FilterExplanation {
  /// For people.
  let text: String
  /// The same for machines.
  let json: JSON

  /// - Parameters:
  ///   - kernels: as they were given.
  ///   - threads: that would filter the picture (≥ 1).
  /// - Throws: `CommandFailure` for a picture that cannot be filtered, `ExitCode` where there is none.
  init(
    _ kernels: [String], of jobList: JobList, _ settings: PictureFilter.Settings, threads: Int
  ) throws {
    if let failure = jobList.failures.first {
      throw CommandFailure(failure.reason, at: "\(failure.path)")
    }
    guard let job = jobList.jobs.first else {
      Diagnostics().error("there is no picture to explain the chain for")
      throw ExitCode(ExitStatus.nothingToDo)
    }
    let plan: PicturePlan
    do {
      plan = try PicturePlan(OpenPicture(job, settings), job.output, settings)
    } catch let failure as Outcome.Failure {
      throw CommandFailure(failure.message, at: failure.place)
    } catch {
      throw CommandFailure("\(error)", at: "\(job.input)")
    }
    var chain = TextTable([.init("kernel"), .init("windows")])
    for (kernel, stage) in zip(kernels, settings.stages) { chain.add([kernel, stage.windows]) }
    var steps = TextTable([
      .init("step"), .init("from"), .init("to"), .init("products a sample", .right),
    ])
    for step in plan.filter.steps {
      steps.add([
        step.summary, step.input.text, step.output.text,
        NumberText.short(step.operations, digits: 3),
      ])
    }
    let memory = plan.memory(threads: threads)
    text = [
      "from  \(job.input): \(plan.filter.input.text)\n"
        + "to    \(job.output): \(plan.fileFormat.name), \(plan.output.text)\n",
      chain.text(), steps.text(),
      "memory  \(byteText(memory)) with \(threads) thread\(threads == 1 ? "" : "s")\n"
        + plan.warnings.map { "warning  \($0)\n" }.joined(),
    ].joined(separator: "\n")
    json = .object([
      ("input", .string("\(job.input)")), ("output", .string("\(job.output)")),
      ("format", .string(plan.fileFormat.name)), ("from", plan.filter.input.json),
      ("to", plan.output.json),
      (
        "kernels",
        .array(
          zip(kernels, settings.stages).map { kernel, stage in
            .object([("kernel", .string(kernel)), ("windows", .string(stage.windows))])
          })
      ),
      (
        "steps",
        .array(
          plan.filter.steps.map { step in
            .object([
              ("step", .string(step.summary)), ("from", step.input.json), ("to", step.output.json),
              ("productsASample", .number(step.operations)),
            ])
          })
      ), ("memory", .integer(memory)), ("threads", .integer(threads)),
      ("warnings", .array(plan.warnings.map { .string("\($0)") })),
    ])
  }
}

extension Stage {
  /// `3x3`, or what there is of each kernel.
  fileprivate var windows: String {
    if case .pool(_, let width, let height) = operation { return "\(width)x\(height)" }
    return kernels.map { kernel in
      "\(kernel.width)x\(kernel.height)" + (kernel.depth > 1 ? "x\(kernel.depth)" : "")
    }.joined(separator: ", ")
  }
}

extension PictureFormat {
  /// `640x480 RGB, 8 bits`.
  fileprivate var text: String { "\(width)x\(height) \(colorName), \(sample.byteCount * 8) bits" }

  fileprivate var json: JSON {
    .object([
      ("width", .integer(width)), ("height", .integer(height)), ("color", .string(colorName)),
      ("bits", .integer(sample.byteCount * 8)),
    ])
  }

  private var colorName: String {
    switch color {
    case .gray: "gray"
    case .grayAlpha: "gray+alpha"
    case .rgb: "RGB"
    case .rgba: "RGB+alpha"
    case .cmyk: "CMYK"
    }
  }
}
