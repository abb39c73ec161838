import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import Synchronization
import TestSupport
import Testing

/// Hands rows out once, from the top, as a file does.
private final class FileLikeSource: RowSource, @unchecked Sendable {
  struct Torn: Error, Equatable {}
  let picture: Picture
  let tornAt: Int
  private let next = Mutex(0)
  init(_ picture: Picture, tornAt: Int = .max) {
    self.picture = picture
    self.tornAt = tornAt
  }
  var format: PictureFormat { picture.format }
  func read(into band: RowBand) throws {
    next.withLock {
      precondition($0 == band.firstRow, "rows are asked for in order")
      $0 += band.count
    }
    for y in band.rows {
      if y >= tornAt { throw Torn() }
      band.row(y).copyMemory(from: picture.row(y), byteCount: format.bytesPerRow)
    }
  }
}

/// Encodes bands with a checksum of their context and collects them in order.
private final class FileLikeSink: RowSink, @unchecked Sendable {
  struct Full: Error, Equatable {}
  struct Band: EncodedBand {
    var first: Int
    var rows: [[UInt8]]
    var context: [[UInt8]]
  }
  let format: PictureFormat
  let contextRows: Int
  let bandRows: Int?
  let fullAt: Int
  private(set) var rows: [[UInt8]] = []
  private(set) var isFinished = false
  private(set) var contextsAreRight = true
  init(_ format: PictureFormat, contextRows: Int = 0, bandRows: Int? = nil, fullAt: Int = .max) {
    self.format = format
    self.contextRows = contextRows
    self.bandRows = bandRows
    self.fullAt = fullAt
  }
  func encode(_ window: RowWindow, first: Int) throws -> any EncodedBand {
    func bytes(_ y: Int) -> [UInt8] {
      Array(UnsafeRawBufferPointer(start: window.row(y), count: format.bytesPerRow))
    }
    return Band(
      first: first, rows: (first..<window.rows.upperBound).map(bytes),
      context: (window.firstRow..<first).map(bytes))
  }
  func append(_ band: any EncodedBand) throws {
    let band = band as! Band
    if band.first != rows.count { contextsAreRight = false }
    if band.context != Array(rows.suffix(min(contextRows, rows.count))) { contextsAreRight = false }
    rows += band.rows
    if rows.count >= fullAt { throw Full() }
  }
  func finish() throws { isFinished = true }
}

@Suite("Pipeline")
struct PipelineTests {
  private let noise: Picture = {
    var generator = SplitMix(state: 11)
    let samples = (0..<173 * 300 * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return picture(173, 300, .rgb, samples)
  }()

  private let chain = [
    correlate(gaussian(1.5)), correlate(kernel(3, 3, [0, -1, 0, -1, 5, -1, 0, -1, 0])),
    Stage(.pool(.maximum, width: 2, height: 2), name: "maxpool"),
  ]

  @Test(
    "files and memory, any bands, any threads: the same bytes",
    arguments: [1, 2, 5], [nil, 1, 7, 1000] as [Int?])
  func sameBytes(threads: Int, bandRows: Int?) throws {
    for padding in [Padding.replicate, .wrap, .reflect] {
      var options = FilterOptions()
      options.geometry.padding = padding
      let plan = try FilterPlan(input: noise.format, stages: chain, options: options)
      let expected: [UInt8] = try filtered(noise, chain, options)
      let sink = FileLikeSink(plan.output, contextRows: 3, bandRows: bandRows)
      let rows = Mutex<[Int]>([])
      try plan.run(
        FileLikeSource(noise), into: sink, team: ThreadTeam(threads: threads),
        progress: { done in rows.withLock { $0.append(done) } })
      #expect(Array(sink.rows.joined()) == expected)
      #expect(sink.isFinished && sink.contextsAreRight)
      #expect(rows.withLock { $0 == $0.sorted() && $0.last == plan.output.height })
    }
  }

  @Test("a torn source stops the run and is the error", arguments: [1, 2, 5])
  func tornSource(threads: Int) throws {
    let plan = try FilterPlan(input: noise.format, stages: chain)
    let sink = FileLikeSink(plan.output, bandRows: 8)
    #expect(throws: FileLikeSource.Torn()) {
      try plan.run(
        FileLikeSource(noise, tornAt: 150), into: sink, team: ThreadTeam(threads: threads))
    }
    #expect(!sink.isFinished)
  }

  @Test("a full sink stops the run and is the error", arguments: [1, 2, 5])
  func fullSink(threads: Int) throws {
    let plan = try FilterPlan(input: noise.format, stages: chain)
    let sink = FileLikeSink(plan.output, bandRows: 8, fullAt: 40)
    #expect(throws: FileLikeSink.Full()) {
      try plan.run(FileLikeSource(noise), into: sink, team: ThreadTeam(threads: threads))
    }
    #expect(!sink.isFinished)
  }

  @Test("a run that is cancelled says so", arguments: [1, 3])
  func cancelled(threads: Int) throws {
    let plan = try FilterPlan(input: noise.format, stages: chain)
    let asked = Atomic<Int>(0)
    #expect(throws: FilterError.cancelled) {
      try plan.run(
        PictureSource(noise), into: PictureSink(plan.output), team: ThreadTeam(threads: threads),
        cancelled: { asked.wrappingAdd(1, ordering: .relaxed).newValue > 2 })
    }
  }

  @Test("a large picture is read twice rather than held while its range is not known")
  func twice() throws {
    let line = (0..<4100).map { UInt16(truncatingIfNeeded: $0 * $0 * 31) }
    let samples = (0..<4100).flatMap { y in line[y...] + line[..<y] }
    let large = picture(4100, 4100, samples)
    let chain = [
      correlate(gaussian(1.5)), correlate(kernel(3, 3, [-1, 0, 1, -2, 0, 2, -1, 0, 1])),
      correlate(box(3, 3)),
    ]
    var options = FilterOptions()
    options.range = .auto
    let plan = try FilterPlan(input: large.format, stages: chain, options: options)
    #expect(plan.looksTwice)
    let short = try FilterPlan(input: large.format, stages: [chain[1]], options: options)
    #expect(
      short.memory(threads: 2, again: true)
        < short.memory(threads: 2) - large.format.pictureBytes / 2)
    func run(again: (() throws -> any RowSource)?) throws -> [[UInt8]] {
      let sink = FileLikeSink(plan.output)
      try plan.run(
        FileLikeSource(large), again: again, into: sink, team: ThreadTeam(threads: 2))
      #expect(sink.isFinished)
      return sink.rows
    }
    var opened = 0
    let twice = try run {
      opened += 1
      return FileLikeSource(large)
    }
    #expect(opened == 1)
    #expect(try twice == run(again: nil))
    let small = try FilterPlan(
      input: PictureFormat(width: 900, height: 900, color: .gray, sample: .uint16), stages: chain,
      options: options)
    #expect(!small.looksTwice)
  }

  @Test("a chain of no stages copies")
  func copies() throws {
    #expect(try filtered(noise, []) == noise.samples() as [UInt8])
  }
}
