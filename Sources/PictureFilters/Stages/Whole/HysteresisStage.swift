import Raster

/// Edges that hang together with a strong one, over any of eight neighbours: white, all else black.
///
/// Takes the rows of an `EdgeStage`, and marks in them what is found. Threads have parts of the rows; what
/// goes on in a neighbour's part is looked at once all of them are done: what is found does not depend on
/// who finds it.
struct HysteresisStage: WholeStage {
  let input: PictureFormat
  /// What an edge becomes where samples are floats.
  let white: Double
  var output: PictureFormat { input }
  var summary: String { "edges that hang together with strong ones" }
  var operations: Double { 8 }
  /// At most every pixel waits to be looked at.
  var settlingBytes: Int { input.width.saturatingProduct(input.height).saturatingProduct(8) }

  init(_ input: PictureFormat, white: Double) {
    self.input = input
    self.white = white
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    preconditionFailure("edges are settled first")
  }

  func settled(_ rows: HeldRows, team: ThreadTeam) -> any RowStage {
    switch input.sample {
    case .uint8: find(UInt8.self, rows, team)
    case .uint16: find(UInt16.self, rows, team)
    case .float32: find(UInt32.self, rows, team)
    }
    return FoundEdges(input: input, white: Float(white))
  }

  private func find<Sample: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ type: Sample.Type, _ rows: HeldRows, _ team: ThreadTeam
  ) {
    let parts = min(team.threads, input.height)
    let beyond = ThreadResults<[EdgePlace]>(parts)
    team.run(parts) { part in
      let own = input.height * part / parts..<input.height * (part + 1) / parts
      var search = EdgeSearch<Sample>(rows, input, own)
      for y in own { search.start(y) }
      beyond.set(part, search.beyond)
    }
    var search = EdgeSearch<Sample>(rows, input, 0..<input.height)
    for places in beyond.all { search.goOn(from: places) }
  }
}

private struct EdgePlace: Sendable {
  var x: Int32
  var y: Int32
}

/// What threads leave behind, each in a place of its own.
private final class ThreadResults<Value: Sendable>: @unchecked Sendable {
  // Safety: each thread writes its own element; they are read after all threads are done.
  private let values: UnsafeMutablePointer<Value?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    values.initialize(repeating: nil, count: count)
  }

  deinit {
    values.deinitialize(count: count)
    values.deallocate()
  }

  func set(_ index: Int, _ value: Value) { values[index] = value }
  var all: [Value] { (0..<count).compactMap { values[$0] } }
}

/// Goes from edges that are found to their neighbours. Rows hold 1 for an edge that may be one, 2 for a
/// strong one, 3 for one that is found.
private struct EdgeSearch<Sample: FixedWidthInteger & BitwiseCopyable> {
  private let pointers: [UnsafeMutablePointer<Sample>]
  private let width: Int
  private let step: Int
  private let own: Range<Int>
  private let height: Int
  private var waiting: [EdgePlace] = []
  /// Places at the border of the own rows whose neighbours are another's.
  private(set) var beyond: [EdgePlace] = []

  init(_ rows: HeldRows, _ format: PictureFormat, _ own: Range<Int>) {
    (width, step) = (format.width, format.color.channels)
    self.own = own
    height = format.height
    // Safety: rows are those of an `EdgeStage`, in memory of the chain's own.
    pointers = (0..<format.height).map { rows.writable($0).assumingMemoryBound(to: Sample.self) }
  }

  /// Finds what hangs together with the strong edges of a row.
  mutating func start(_ y: Int) {
    let row = pointers[y]
    var x = 0
    while x < width {
      if step == 1, Sample.self == UInt8.self, x + 8 <= width {
        let word = UnsafeRawPointer(row + x).loadUnaligned(as: UInt64.self)
        // Found ones have both bits, strong ones the upper alone.
        if word & ~(word << 1) & 0x0202_0202_0202_0202 == 0 {
          x += 8
          continue
        }
      }
      if row[x * step] == 2 {
        row[x * step] = 3
        waiting.append(EdgePlace(x: Int32(x), y: Int32(y)))
        grow()
      }
      x += 1
    }
  }

  /// Finds what hangs together with places that are found already.
  mutating func goOn(from places: [EdgePlace]) {
    waiting = places
    grow()
  }

  private mutating func grow() {
    while let place = waiting.popLast() {
      let (x, y) = (Int(place.x), Int(place.y))
      if (y == own.lowerBound && y > 0) || (y == own.upperBound - 1 && y < height - 1) {
        beyond.append(place)
      }
      let columns = max(x - 1, 0)...min(x + 1, width - 1)
      for row in max(y - 1, own.lowerBound)...min(y + 1, own.upperBound - 1) {
        let samples = pointers[row]
        for column in columns where samples[column * step] &- 1 < 2 {
          samples[column * step] = 3
          waiting.append(EdgePlace(x: Int32(column), y: Int32(row)))
        }
      }
    }
  }
}

/// Edges that are found, as white samples.
private struct FoundEdges: RowStage {
  let input: PictureFormat
  let white: Float
  var output: PictureFormat { input }
  var summary: String { "edges" }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    for y in band.rows {
      switch input.sample {
      case .uint8: draw(UInt8.max, window.row(y), band.row(y))
      case .uint16: draw(UInt16.max, window.row(y), band.row(y))
      case .float32: draw(white.bitPattern, window.row(y), band.row(y))
      }
    }
  }

  private func draw<Sample: FixedWidthInteger>(
    _ white: Sample, _ found: UnsafeRawPointer, _ row: UnsafeMutableRawPointer
  ) {
    // Safety: rows hold a pixel for each place.
    let found = found.assumingMemoryBound(to: Sample.self)
    let samples = row.assumingMemoryBound(to: Sample.self)
    if input.color.channels == 1 {
      for x in 0..<input.width { samples[x] = found[x] == 3 ? white : 0 }
      return
    }
    row.copyMemory(from: found, byteCount: input.bytesPerRow)
    for x in 0..<input.width {
      let place = x * input.color.channels
      samples[place] = found[place] == 3 ? white : 0
    }
  }
}
