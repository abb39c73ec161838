import ArgumentParser
import PictureFilters
import Raster

/// Times filter bodies alone, on rows in memory, without a pipeline around them.
struct Bodies: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the filter bodies alone, on rows in memory.")

  @Option(help: "Columns of the picture, in pixels.") var width = 6000
  @Option(help: "Rows of the picture.") var height = 4000
  @Option(help: "Runs of each body; the fastest counts.") var rounds = 5
  @Option(help: "Threads.") var threads = 2
  @Option(help: "Rows a call, at least.") var rows = 32
  @Flag(help: "Time every body that accepts a request, beside the one that is chosen.")
  var candidates = false
  @Argument(help: "Names of bodies to time (default: all).") var names: [String] = []

  func run() throws {
    let team = ThreadTeam(threads: threads)
    if candidates { return timeCandidates(team) }
    for (name, body) in Self.bodies where names.isEmpty || names.contains(where: name.hasPrefix) {
      let best = time(body, team)
      let text = "\(name): \(fixed(best * 1e3, 1)) ms  (\(body.summary))"
      print(text)
    }
  }

  /// What the costs are set by.
  private func timeCandidates(_ team: ThreadTeam) {
    for (name, request) in Self.requests
    where names.isEmpty || names.contains(where: name.hasPrefix) {
      let chosen = BodyChoice(request).name
      print("\(name):")
      for candidate in BodyRequest.candidates {
        guard let cost = try? candidate.cost(request, .current),
          let body = try? candidate.made(request, .current), cost < 1400
        else { continue }
        let best = fixed(time(body, team) * 1e3, 1)
        print(
          "  \(candidate.name == chosen ? "*" : " ") \(best) ms, cost \(cost): \(candidate.name)")
      }
    }
  }

  private func time(_ body: any FilterBody, _ team: ThreadTeam) -> Double {
    let samples = width * 3
    let rows = max(rows, body.wastesShortCalls ? body.preferredRows : 1)
    let inputPitch = (samples + body.reachSamples) * body.input.byteCount + 256
    let inputCount = body.inputRows(height)
    let input = UnsafeMutableRawPointer.allocate(
      byteCount: inputPitch * inputCount, alignment: 64)
    let outputPitch = rowPitch(samples * body.output.byteCount)
    let output = UnsafeMutableRawPointer.allocate(byteCount: outputPitch * height, alignment: 64)
    let scratchSize = (body.scratchBytes(rows: rows, width: samples) + 63) / 64 * 64
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: scratchSize * threads, alignment: 64)
    defer {
      input.deallocate()
      output.deallocate()
      scratch.deallocate()
    }
    var state: UInt32 = 1
    for index in 0..<inputPitch * inputCount {
      state = state &* 1_664_525 &+ 1_013_904_223
      input.storeBytes(of: UInt8(state >> 24), toByteOffset: index, as: UInt8.self)
    }
    output.initializeMemory(as: UInt8.self, repeating: 0, count: outputPitch * height)
    var best = Double.infinity
    // Safety: each task writes rows and scratch of its own.
    nonisolated(unsafe) let (input0, output0, scratch0) = (input, output, scratch)
    let slots = Slots(threads)
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      let start = clock.now
      team.split(0..<height, grain: rows) { part in
        let slot = slots.take()
        let inputs = (0..<body.inputRows(part.count)).map {
          UnsafeRawPointer(input0 + (part.lowerBound * body.rowStride + $0) * inputPitch)
        }
        let outputs = part.map { output0 + $0 * outputPitch }
        body.run(
          inputs, outputs, rows: part.count, width: samples,
          scratch: scratch0 + slot * scratchSize)
        slots.give(slot)
      }
      let elapsed = clock.now - start
      best = min(
        best, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
    }
    return best
  }
}
