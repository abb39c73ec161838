internal import CConvKernels
import KernelLanguage
import Raster

/// Bytes as words, weights of 15 bits, sums of 32: a mean differs from that of real weights by less than
/// 2^-16 of the levels for each tap.
struct WholeLikeness: BilateralArithmetic {
  /// Sums of more do not fit.
  static let mostTaps = 257

  private let request: LikenessRequest<Bilateral>
  private let kernels: MicroKernels
  private let taps: Int
  /// One for each distance, by the sum of the differences of two pixels.
  private let elements: [Int16]
  /// For each tap after the middle one: where its table begins, and the difference from which on
  /// weights are all the same.
  private let places: [(start: Int, last: Int)]

  private var table: conv_local_table { kernels.table.pointee.local }

  init(_ request: LikenessRequest<Bilateral>, _ taps: BilateralTaps, _ kernels: MicroKernels) {
    precondition(request.input == .uint8 && taps.count <= Self.mostTaps, "sums of 32 bits")
    self.request = request
    self.kernels = kernels
    self.taps = taps.count
    var elements: [Int16] = []
    var known: [Float: (start: Int, last: Int)] = [:]
    places = taps.space[(taps.count / 2 + 1)...].map { space in
      if let place = known[space] { return place }
      let weights = taps.similarity.map { Int16((32767 * space * $0).rounded()) }
      let place = (start: elements.count, last: weights.firstIndex(of: weights.last!)!)
      known[space] = place
      elements += weights + [0]
      return place
    }
    self.elements = elements
  }

  var middle: Int16 { 32767 }

  func take(
    _ samples: UnsafeRawPointer, count: Int, to planes: UnsafeMutablePointer<Int16>, pitch: Int
  ) {
    table.color_words(
      samples.assumingMemoryBound(to: UInt8.self), request.channels, request.colors, count, planes,
      pitch)
  }

  func weigh(
    _ pixels: UnsafePointer<Int16>, _ others: UnsafePointer<Int16>, pitch: Int, after index: Int,
    to weights: UnsafeMutablePointer<Int16>, count: Int
  ) {
    elements.withUnsafeBufferPointer { elements in
      let place = places[index]
      var weightTable = conv_likeness_table(
        words: elements.baseAddress! + place.start, last: place.last)
      table.like(pixels, others, pitch, request.colors, &weightTable, weights, count)
    }
  }

  func sum(_ row: BilateralRow<Int16>, _ out: UnsafeMutableRawPointer) {
    elements.withUnsafeBufferPointer { elements in
      withUnsafeTemporaryAllocation(of: conv_likeness_table.self, capacity: places.count + 1) {
        tables in
        for (index, place) in places.enumerated() {
          tables[index] = .init(words: elements.baseAddress! + place.start, last: place.last)
        }
        var job = conv_likeness(
          weights: row.weights, pixels: row.pixels, taps: taps, own: row.own, plane: row.pitch,
          colors: request.colors, tables: tables.baseAddress!)
        table.likeness(
          &job, out.assumingMemoryBound(to: UInt8.self), request.channels, row.count)
      }
    }
  }
}
