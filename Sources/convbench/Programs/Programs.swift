import ArgumentParser
import Foundation

/// Whole processes, from file to file, beside programs that do the same.
struct Programs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the program beside libvips, ImageMagick and GraphicsMagick.")

  @Option(help: "Rounds; medians count.") var rounds = 5
  @Option(help: "Python with Pillow, which makes the pictures.")
  var python = ".build/bench-venv/bin/python"
  @Option(help: "The program measured.") var convfilter = ".build/release/convfilter"
  @Option(help: "Where results and scratch files go.") var output = "bench-results"
  @Option(help: "Small pictures in the folder.") var files = 1000
  @Argument(help: "Beginnings of names of jobs (default: all).") var names: [String] = []

  func run() throws {
    let place = output + "/programs"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    _ = try Command([
      python, "Sources/convbench/Rivals/pictures.py", "SampleImages/coffee.png", place, "\(files)",
    ]).run()
    var table = ResultTable(title: "Whole process", rivals: ProgramJob.rivals)
    var memory = ResultTable(
      title: "Peak memory", rivals: ProgramJob.rivals, unit: "MiB")
    let jobs = ProgramJob.all(program: convfilter, place: place).filter { job in
      names.isEmpty || names.contains(where: job.name.hasPrefix)
    }
    for job in jobs {
      let (times, peaks, size) = try measure(job)
      table.add(
        ResultRow(
          group: "time", name: job.name, ours: median(times[0])!,
          rivals: times.dropFirst().map(median), target: job.target, note: size))
      memory.add(
        ResultRow(
          group: "memory", name: job.name, ours: peaks[0]!, rivals: Array(peaks.dropFirst())))
      FileHandle.standardError.write(Data((table.rows.last!.line + "  \(size)\n").utf8))
      try table.write(to: output, name: "programs")
      try memory.write(to: output, name: "programs-memory")
    }
    print(table.markdown)
    print(memory.markdown)
  }

  private func measure(_ job: ProgramJob) throws -> ([[Double]], [Double?], String) {
    var commands = [job.ours] + job.others
    var times: [[Double]] = commands.map { _ in [] }
    var peaks: [Double?] = commands.map { _ in nil }
    var sizes: [String] = []
    for round in 0...rounds {
      for (index, command) in commands.enumerated() {
        guard let command else { continue }
        for path in job.results {
          try? FileManager.default.removeItem(atPath: path)
          if job.wantsFolder {
            try FileManager.default.createDirectory(
              atPath: path, withIntermediateDirectories: true)
          }
        }
        let usage: Command.Usage
        do {
          usage = try Command(command).run(repeating: job.repetitions)
        } catch {
          // A rival that is not installed is left out.
          guard index > 0 else { throw error }
          FileHandle.standardError.write(Data("\(job.name): left out: \(error)\n".utf8))
          commands[index] = nil
          continue
        }
        // The first round fills the file cache.
        if round > 0 { times[index].append(usage.seconds) }
        // In thousands of MiB: the table shows thousandths.
        peaks[index] = max(peaks[index] ?? 0, Double(usage.peakKiB) / 1024 / 1000)
        if round == 0, !job.wantsFolder, let path = job.results.first,
          let bytes = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        {
          let name = index == 0 ? "convfilter" : ProgramJob.rivals[index - 1]
          sizes.append("\(name) \(fixed(Double(bytes) / 1e6, 2)) MB")
        }
      }
    }
    return (times, peaks, sizes.joined(separator: ", "))
  }
}
