import ArgumentParser
import Foundation

/// Whole processes, from file to file, beside programs that do the same.
struct Programs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the program beside libvips, ImageMagick and GraphicsMagick.")

  @Option(help: "Rounds; medians count.") var rounds = 5
  @Option(help: "Python with Pillow, which makes and compares the pictures.")
  var python = ".build/bench-venv/bin/python"
  @Option(help: "The program measured.") var convfilter = ".build/release/convfilter"
  @Option(help: "The folder of rivals.") var rivals = "Sources/convbench/Rivals"
  @Option(help: "Where results and scratch files go.") var output = "bench-results"
  @Option(help: "Small pictures in the folder.") var files = 1000
  @Option(help: "Seconds above which a rival is run once only.") var patience = 10.0
  @Flag(help: "Measure how cost grows as well.") var growth = false
  @Flag(help: "Measure every format, and what its codec takes alone, instead.") var formats = false
  @Argument(help: "Beginnings of names or groups of jobs (default: all).") var names: [String] = []

  func run() throws {
    let place = output + "/programs"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let grown = growth ? ["grown"] : []
    _ = try Command(
      [python, "\(rivals)/pictures.py", "SampleImages/coffee.png", place, "\(files)"] + grown
    ).run()
    let all = ProgramJobs(program: convfilter, place: place, files: files)
    let chosen = formats ? all.formats : all.targets + (growth ? all.growth : [])
    let jobs = chosen.filter { job in
      names.isEmpty || names.contains { job.name.hasPrefix($0) || job.group.hasPrefix($0) }
    }
    let inputs = formats ? all.formatInputs : []
    for input in inputs where jobs.contains(where: { $0.ours?.contains(input.last!) == true }) {
      _ = try Command(input).run()
    }
    var table = ResultTable(title: "Whole process", rivals: ProgramJob.rivals)
    var memory = ResultTable(title: "", rivals: ProgramJob.rivals, unit: "MiB")
    for job in jobs {
      var result = Measurement(job)
      try result.run(rounds: rounds, patience: patience) { ours, theirs in
        let script = "\(rivals)/compare.py"
        return try Command([python, script, ours, theirs]).read()
      }
      table.add(
        ResultRow(
          group: job.group, name: job.name, ours: median(result.times[0])!,
          rivals: result.times.dropFirst().map(median), targets: job.targets,
          note: result.notes.joined(separator: "; ")))
      memory.add(
        ResultRow(
          group: job.group, name: job.name, ours: result.peaks[0]!,
          rivals: Array(result.peaks.dropFirst())))
      // A process that is started counts what its parent held when it was.
      let floor = fixed(Command.ownPeak, 0)
      memory.title = "Peak memory (figures up to \(floor) MiB are those of convbench itself)"
      let line = "\(table.rows.last!.line)  \(result.notes.joined(separator: "; "))\n"
      FileHandle.standardError.write(Data(line.utf8))
      try table.write(to: output, name: formats ? "formats" : "programs")
      try memory.write(to: output, name: formats ? "formats-memory" : "programs-memory")
    }
    print(table.markdown)
    print(memory.markdown)
  }
}

/// The runs of one job: ours first, then the rivals'.
private struct Measurement {
  let job: ProgramJob
  private var commands: [[String]?]
  /// Seconds of the runs that count.
  private(set) var times: [[Double]]
  /// In thousands of MiB: the table shows thousandths.
  private(set) var peaks: [Double?]
  /// Sizes of the results, and how they differ from ours.
  private(set) var notes: [String] = []

  init(_ job: ProgramJob) {
    self.job = job
    commands = [job.ours] + job.others
    times = commands.map { _ in [] }
    peaks = commands.map { _ in nil }
  }

  /// - Parameters:
  ///   - patience: seconds above which a rival's first run counts and is the last.
  ///   - compare: says how a rival's picture differs from ours, and throws where it's another.
  mutating func run(
    rounds: Int, patience: Double, compare: (_ ours: String, _ theirs: String) throws -> String
  ) throws {
    // The first round fills the file cache and compares.
    for round in 0...rounds {
      for index in commands.indices {
        guard let command = commands[index] else { continue }
        let isSlow = round > 0 && index > 0 && times[index].first.map { $0 >= patience } == true
        if isSlow { continue }
        try clear()
        let usage: Command.Usage
        do {
          usage = try Command(command).run(repeating: job.repetitions)
        } catch {
          // A rival that is not installed, or refuses the picture, is left out.
          guard index > 0 else { throw error }
          FileHandle.standardError.write(Data("\(job.name): left out: \(error)\n".utf8))
          commands[index] = nil
          continue
        }
        if round > 0 || index > 0 && usage.seconds >= patience {
          times[index].append(usage.seconds)
        }
        peaks[index] = max(peaks[index] ?? 0, Double(usage.peakKiB) / 1024 / 1000)
        if round == 0 { try note(index, compare) }
      }
    }
  }

  private func clear() throws {
    for path in job.results {
      try? FileManager.default.removeItem(atPath: path)
      if job.wantsFolder {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      }
    }
  }

  private mutating func note(_ index: Int, _ compare: (String, String) throws -> String) throws {
    guard let path = job.compared else { return }
    let files = FileManager.default
    var note = index == 0 ? "convfilter" : ProgramJob.rivals[index - 1]
    if !job.wantsFolder, let bytes = try files.attributesOfItem(atPath: path)[.size] as? Int {
      note += " \(fixed(Double(bytes) / 1e6, 2)) MB"
    }
    let kind = path.split(separator: ".").last!
    let ours = job.results[0] + "-ours." + kind
    if index == 0 {
      try? files.removeItem(atPath: ours)
      try files.copyItem(atPath: path, toPath: ours)
    } else {
      note += " " + (try compare(ours, path))
    }
    notes.append(note)
  }
}
