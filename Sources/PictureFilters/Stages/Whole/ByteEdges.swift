internal import CConvKernels
import KernelLanguage
import Raster

/// The edges of bytes: their gradients fit 16 bits, and so do the sizes that are sums.
struct ByteEdges<Size: FixedWidthInteger & BitwiseCopyable> {
  typealias Gradients = (
    UnsafePointer<UnsafePointer<UInt8>?>?, Int, UnsafeMutablePointer<Int16>?,
    UnsafeMutablePointer<Int16>?, UnsafeMutablePointer<Size>?, Int
  ) -> Void
  typealias Edges =
    (
      UnsafePointer<Int16>?, UnsafePointer<Int16>?, UnsafePointer<UnsafePointer<Size>?>?, Int32,
      Int32, UnsafeMutablePointer<UInt8>?, Int
    ) -> Void

  private let stage: EdgeStage
  private let window: RowWindow
  private let scratch: Scratch
  private let gradients: Gradients
  private let edges: Edges
  /// Three rows of each channel, which begin with the first sample once more and end with the last.
  private let planes: UnsafeMutablePointer<UInt8>
  /// Three rows of gradients and of sizes, from the pixel left of the first on.
  private let x: UnsafeMutablePointer<Int16>
  private let y: UnsafeMutablePointer<Int16>
  private let sizes: UnsafeMutablePointer<Size>

  private var width: Int { stage.input.width }
  private var pitch: Int { width + 2 + Int(conv_local_slack) }

  init(
    _ stage: EdgeStage, _ window: RowWindow, _ scratch: Scratch, _ gradients: @escaping Gradients,
    _ edges: @escaping Edges
  ) {
    self.stage = stage
    self.window = window
    self.scratch = scratch
    self.gradients = gradients
    self.edges = edges
    let pitch = stage.input.width + 2 + Int(conv_local_slack)
    planes = scratch.array(of: UInt8.self, 3 * stage.channels.count * pitch)
    x = scratch.array(of: Int16.self, 3 * pitch)
    y = scratch.array(of: Int16.self, 3 * pitch)
    sizes = scratch.array(of: Size.self, 3 * pitch)
  }

  func produce(_ band: RowBand) {
    var taken = max(band.firstRow - 2, 0)
    for row in band.firstRow - 1...band.firstRow { find(row, &taken) }
    let step = stage.output.color.channels
    let found = scratch.array(of: UInt8.self, step > 1 ? width : 0)
    for row in band.rows {
      find(row + 1, &taken)
      let target = band.row(row).assumingMemoryBound(to: UInt8.self)
      let own = (row + 3) % 3 * pitch + 1
      let near: [UnsafePointer<Size>?] = [row + 2, row + 3, row + 4].map {
        UnsafePointer(sizes + $0 % 3 * pitch + 1)
      }
      // Safety: rows have one more on either side, and the slack; `width` bytes are written.
      edges(
        x + own, y + own, near, whole(stage.low), whole(stage.high), step > 1 ? found : target,
        width)
      if step > 1 { for place in 0..<width { target[place * step] = found[place] } }
    }
  }

  /// A threshold; what no size reaches stays so.
  private func whole(_ value: Double) -> Int32 { Int32(min(value, Double(Size.max))) }

  /// The gradients of a row and their sizes, which are 0 beyond the border.
  private func find(_ row: Int, _ taken: inout Int) {
    let sizes = sizes + (row + 3) % 3 * pitch
    guard (0..<stage.input.height).contains(row) else {
      sizes.initialize(repeating: 0, count: pitch)
      return
    }
    let last = stage.input.height - 1
    while taken <= min(row + 1, last) {
      take(taken)
      taken += 1
    }
    var rows: [UnsafePointer<UInt8>?] = []
    for channel in stage.channels.indices {
      for near in row - 1...row + 1 {
        rows.append(UnsafePointer(plane(min(max(near, 0), last), channel)))
      }
    }
    let own = (row + 3) % 3 * pitch + 1
    gradients(rows, stage.channels.count, x + own, y + own, sizes + 1, width)
    sizes[0] = 0
    sizes[width + 1] = 0
  }

  private func plane(_ row: Int, _ index: Int) -> UnsafeMutablePointer<UInt8> {
    planes + (row % 3 * stage.channels.count + index) * pitch
  }

  private func take(_ row: Int) {
    let step = stage.input.color.channels
    let samples = window.row(row).assumingMemoryBound(to: UInt8.self)
    for (index, channel) in stage.channels.enumerated() {
      let plane = plane(row, index)
      if step == 1 {
        (plane + 1).update(from: samples, count: width)
      } else {
        for x in 0..<width { plane[x + 1] = samples[x * step + channel] }
      }
      plane[0] = plane[1]
      plane[width + 1] = plane[width]
    }
  }
}
