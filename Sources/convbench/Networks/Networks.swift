import ArgumentParser
import ConvEngine
import ConvNet
import Foundation

/// Deep networks beside PyTorch and ONNX Runtime: each program in a process of its own, taking turns.
struct Networks: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure deep networks beside PyTorch and ONNX Runtime.",
    discussion: """
      Every program starts from the same weights and images, and must find the same losses (of two \
      steps) or probabilities. Of PyTorch's variants the fastest counts. Peaks are those of whole \
      processes.
      """)

  @Option(help: "Rounds; medians count.") var rounds = 5
  @Option(help: "Threads, ours and theirs.") var threads = 2
  @Option(help: "Python with torch, safetensors, numpy and onnxruntime.")
  var python = ".build/bench-venv/bin/python"
  @Option(help: "The folder of rivals.") var rivals = "Sources/convbench/Rivals"
  @Option(help: "Where results and scratch files go.") var output = "bench-results"
  @Option(help: "Variants of PyTorch, separated by commas; none to see what a change does.")
  var pytorch = "contiguous,channels-last,compiled,frozen"
  @Option(help: "f32, or bf16 (steps with products of bfloat16, beside PyTorch's autocast).")
  var precision = "f32"
  @Flag(help: "Measure how cost grows as well (without compiling).") var growth = false
  @Argument(help: "Beginnings of names or groups of jobs (default: all).") var names: [String] = []

  static let rivalNames = ["PyTorch", "ONNX Runtime"]

  func validate() throws {
    guard let precision = Precision(rawValue: precision) else {
      throw ValidationError("--precision \(precision): must be f32 or bf16")
    }
    if growth, precision == .bf16 { throw ValidationError("--growth is of single precision") }
    if !precision.isNative {
      throw ValidationError(
        "--precision bf16: this processor has no instructions for it (AVX512-BF16), so there is "
          + "nothing to measure")
    }
  }

  func run() throws {
    let place = output + "/networks"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let isRounded = precision == Precision.bf16.rawValue
    var jobs =
      try isRounded ? NetworkJob.rounded(threads: threads) : NetworkJob.targets(threads: threads)
    let ending = isRounded ? "-bf16" : ""
    if growth {
      let sets = InstructionSet.available.map(\.rawValue)
      jobs += try NetworkJob.growth(threads: threads, sets: sets)
    }
    jobs = jobs.filter { job in
      names.isEmpty || names.contains { job.name.hasPrefix($0) || job.group.hasPrefix($0) }
    }
    var times = ResultTable(title: "Networks", rivals: Self.rivalNames)
    var peaks = ResultTable(title: "Memory of networks", rivals: Self.rivalNames, unit: "MiB")
    for job in jobs {
      let found = try measure(job, place)
      var note = found.note
      if let count = Double(exactly: job.batch), job.batch > 1 {
        note += (note.isEmpty ? "" : "; ") + "\(fixed(count / found.ours, 0)) examples a second"
      }
      times.add(
        ResultRow(
          group: job.group, name: job.name, ours: found.ours, rivals: found.rivals,
          targets: job.targets, note: note))
      peaks.add(
        ResultRow(
          group: "\(job.group): largest resident set", name: job.name, ours: found.ownPeak / 1e3,
          rivals: found.peaks.map { $0.map { $0 / 1e3 } }))
      FileHandle.standardError.write(Data((times.rows.last!.line + "; \(note)\n").utf8))
      try times.write(to: output, name: "networks\(ending)")
      try peaks.write(to: output, name: "networks-memory\(ending)")
    }
    print(times.markdown)
    print(peaks.markdown)
  }

  struct Found {
    var ours = 0.0
    /// Of PyTorch's fastest variant, of ONNX Runtime.
    var rivals: [Double?] = [nil, nil]
    var ownPeak = 0.0
    var peaks: [Double?] = [nil, nil]
    var note = ""
  }

  /// The variants of PyTorch that are tried.
  private func variants(_ job: NetworkJob) -> [String] {
    pytorch.split(separator: ",").map(String.init).filter {
      switch $0 {
      case "none": false
      case "compiled": !job.targets.isEmpty
      case "frozen": !job.isTraining
      default: true
      }
    }
  }

  private func measure(_ job: NetworkJob, _ place: String) throws -> Found {
    let own = CommandLine.arguments[0]
    let json = try job.json()
    _ = try Command([own, "network-worker", json, place, "--prepare"]).run()
    var environment = ProcessInfo.processInfo.environment
    if let set = job.instructionSet { environment["CONVFILTER_INSTRUCTION_SET"] = set }
    let ours = try Rival(
      "convfilter", [own, "network-worker", json, place], environment: environment)
    defer { ours.stop() }
    let expected = try ours.numbers()
    var others: [(kind: Int, rival: Rival)] = []
    defer { for other in others { other.rival.stop() } }
    var notes: [String] = []
    func start(_ kind: Int, _ script: String, _ variant: String) throws {
      let rival = try Rival(
        variant,
        [
          python, "\(rivals)/\(script).py", place, variant, "\(job.threads)", "\(job.batch)",
          job.isTraining ? "train" : "predict", "\(NetworkJob.rate)", "\(NetworkJob.momentum)",
          job.precision,
        ])
      let found: [Double]
      do { found = try rival.numbers() } catch BenchError.ended {
        notes.append("\(variant) does not run here")
        return rival.stop()
      }
      let worst = Self.difference(found, expected)
      // Autocast rounds what layers give as well.
      if worst > (job.precision == Precision.bf16.rawValue ? 2e-2 : 2e-3) {
        throw BenchError.other(job: job.name, rival: "\(Self.rivalNames[kind]), \(variant)", worst)
      }
      others.append((kind, rival))
    }
    if job.instructionSet == nil {
      for variant in variants(job) { try start(0, "networks_pytorch", variant) }
      if !job.isTraining, pytorch != "none" { try start(1, "networks_onnx", "onnxruntime") }
    }
    var seconds: [[Double]] = [[]] + others.map { _ in [] }
    let runners = [ours] + others.map(\.rival)
    for round in 0..<rounds {
      for turn in runners.indices {
        let index = (round + turn) % runners.count
        // Threads that still look for work of the one before are given the time to go to sleep.
        Thread.sleep(forTimeInterval: 0.05)
        // Short jobs: several at a time.
        var sum = 0.0
        var times: [Double] = []
        repeat {
          times.append(try runners[index].seconds())
          sum += times[times.count - 1]
        } while sum < 0.2 && times.count < 20
        seconds[index].append(median(times)!)
      }
    }
    var found = Found()
    found.ours = median(seconds[0])!
    found.ownPeak = try ours.peak()
    for (index, other) in others.enumerated() {
      let time = median(seconds[index + 1])!
      if time < found.rivals[other.kind] ?? .infinity {
        found.rivals[other.kind] = time
        found.peaks[other.kind] = try other.rival.peak()
      }
      if other.kind == 0 { notes.append("\(other.rival.name) \(fixed(time * 1e3, 1)) ms") }
    }
    found.note = notes.joined(separator: "; ")
    return found
  }

  /// The largest difference, as a share of the largest value.
  private static func difference(_ first: [Double], _ second: [Double]) -> Double {
    guard first.count == second.count else { return .infinity }
    let scale = second.map { abs($0) }.max() ?? 1
    return zip(first, second).map { abs($0 - $1) }.max().map { $0 / max(scale, 1e-9) } ?? 0
  }
}
