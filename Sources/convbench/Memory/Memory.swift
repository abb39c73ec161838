import ArgumentParser
import Foundation
import PictureFilters
import Raster

/// Filters on pictures in memory, beside libraries that do the same.
struct Memory: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure filters in memory beside OpenCV, Pillow, SciPy and scikit-image.")

  @Option(help: "Rounds; medians count.") var rounds = 5
  @Option(help: "Threads, ours and theirs.") var threads = 2
  @Option(help: "Python with the rivals' packages.") var python = ".build/bench-venv/bin/python"
  @Option(help: "The folder of rivals.") var rivals = "Sources/convbench/Rivals"
  @Option(help: "Where results and scratch files go.") var output = "bench-results"
  @Option(help: "Seconds above which a rival is run once only.") var patience = 2.0
  @Flag(help: "Measure how cost grows as well.") var growth = false
  @Option(help: "Rivals, separated by commas; none to see what a change does.")
  var against = "OpenCV,Pillow,SciPy,scikit-image"
  @Argument(help: "Beginnings of names or groups of jobs (default: all).") var names: [String] = []

  func run() throws {
    try FileManager.default.createDirectory(
      atPath: output, withIntermediateDirectories: true)
    var jobs = FilterJob.targets(threads: threads)
    if growth { jobs += FilterJob.growth(threads: threads) }
    jobs = jobs.filter { job in
      names.isEmpty || names.contains { job.name.hasPrefix($0) || job.group.hasPrefix($0) }
    }
    var table = ResultTable(title: "In memory", rivals: chosen.map(\.name))
    for group in jobs.runs(by: { $0.format == $1.format && $0.threads == $1.threads }) {
      try measure(group, into: &table)
      try table.write(to: output, name: "memory")
    }
    print(table.markdown)
  }

  private var chosen: [(name: String, script: String)] {
    [
      ("OpenCV", "opencv"), ("Pillow", "pillow"), ("SciPy", "scipy_ndimage"),
      ("scikit-image", "scikit_image"),
    ]
    .filter { against.split(separator: ",").contains(Substring($0.0)) }
  }

  private func measure(_ jobs: [FilterJob], into table: inout ResultTable) throws {
    let format = jobs[0].format
    let picture = testPicture(format)
    let path = output + "/picture.raw"
    try save(picture, path)
    let team = ThreadTeam(threads: jobs[0].threads)
    let others = try chosen.map {
      try Rival(
        $0.name, script: "\(rivals)/\($0.script).py", python: python, picture: path, format: format,
        threads: jobs[0].threads)
    }
    defer { for rival in others { rival.stop() } }
    for job in jobs {
      let plan = try job.plan()
      let sink = PictureSink(plan.output)
      let source = PictureSource(picture)
      func ours() throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try plan.run(source, into: sink, team: team)
        return (clock.now - start).seconds
      }
      // Once without counting: pages are touched, code is loaded, results are compared.
      _ = try ours()
      var times: [[Double]] = others.map { _ in [] }
      var own: [Double] = []
      var notes: [String] = []
      var active: [Bool] = []
      for (index, rival) in others.enumerated() {
        let first = try rival.run(job.request)
        active.append(first != nil && first! < patience)
        guard let first else { continue }
        if first >= patience { times[index] = [first] }
        let worst = job.difference(
          sink.picture, try rival.result(at: output + "/rival.raw"))
        if rival.name == job.peer, worst > job.tolerance {
          throw BenchError.differs(job: job.name, rival: rival.name, worst)
        }
        notes.append("\(rival.name) differs by at most \(fixed(worst, 0))")
      }
      // Everyone begins in turn: who comes after a slow rival finds caches and cores cold.
      let runners = [nil] + others.indices.filter { active[$0] }
      for round in 0..<rounds {
        for turn in runners.indices {
          if let index = runners[(round + turn) % runners.count] {
            if let seconds = try others[index].run(job.request) { times[index].append(seconds) }
          } else {
            own.append(try ours())
          }
        }
      }
      table.add(
        ResultRow(
          group: job.group, name: job.name, ours: median(own)!, rivals: times.map(median),
          targets: chosen.map { $0.name == job.peer ? job.target : nil },
          note: notes.joined(separator: "; "),
          how: plan.description.joined(separator: "; ")))
      FileHandle.standardError.write(Data((table.rows.last!.line + "\n").utf8))
    }
  }

  private func save(_ picture: Picture, _ path: String) throws {
    var data = Data()
    for y in 0..<picture.format.height {
      data.append(
        picture.row(y).assumingMemoryBound(to: UInt8.self), count: picture.format.bytesPerRow)
    }
    try data.write(to: URL(fileURLWithPath: path))
  }

  /// Slopes and noise: every level occurs, neighbours are alike.
  private func testPicture(_ format: PictureFormat) -> Picture {
    let picture = Picture(format)
    var state: UInt32 = 1
    for y in 0..<format.height {
      let row = picture.row(y)
      for x in 0..<format.samplesPerRow {
        state = state &* 1_664_525 &+ 1_013_904_223
        let level = (x / 7 + y / 5 + Int(state >> 26)) & 255
        if format.sample == .uint8 {
          row.storeBytes(of: UInt8(level), toByteOffset: x, as: UInt8.self)
        } else {
          row.storeBytes(
            of: UInt16(level * 256 + Int(state >> 24)), toByteOffset: 2 * x, as: UInt16.self)
        }
      }
    }
    return picture
  }
}

extension FilterJob {
  /// Levels by which the peer may differ: OpenCV's Gaussians are shorter, its sums are rounded to even,
  /// what it sharpens by is a blur of whole levels.
  fileprivate var tolerance: Double {
    let levels = format.sample == .uint8 ? 1.0 : 257
    switch kind {
    case .gaussian: return 7 * levels
    case .unsharp: return 2 * levels
    // Pillow rounds and clamps bytes between its passes.
    case .resize(_, "lanczos3"): return 2 * levels
    case .maximum, .median, .morphology, .rank, .canny, .clahe, .nonLocalMeans:
      return 0
    default: return 1
    }
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// The middle value, or nil for none.
func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

extension Array {
  /// Neighbours that belong together.
  func runs(by same: (Element, Element) -> Bool) -> [[Element]] {
    reduce(into: []) { runs, element in
      if let last = runs.last?.last, same(last, element) {
        runs[runs.count - 1].append(element)
      } else {
        runs.append([element])
      }
    }
  }
}
