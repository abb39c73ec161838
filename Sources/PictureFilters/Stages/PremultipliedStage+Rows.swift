internal import CConvKernels
import Raster

extension PremultipliedStage {
  /// Colours times alpha: in 16 bits, or their low and high halves.
  func premultiply(_ row: UnsafeRawPointer, into halves: [UnsafeMutableRawPointer]) {
    let table = MicroKernels.current.table.pointee
    // Safety: all rows hold `width` pixels of `channels` samples.
    let results = halves.map { $0.assumingMemoryBound(to: UInt16.self) }
    if input.sample == .uint8 {
      table.premultiply_u8(
        row.assumingMemoryBound(to: UInt8.self), input.color.channels, input.width, results[0])
    } else {
      table.premultiply_u16(
        row.assumingMemoryBound(to: UInt16.self), input.color.channels, input.width, results[0],
        results[1])
    }
  }

  /// Turns the sums of a row into pixels, and says which of them are left to exact arithmetic.
  ///
  /// Quotients in doubles are off by less than 2^−30 where they lie within the range, so that a floor
  /// is right unless a whole number is nearer than 2^−20.
  func divide(
    _ y: Int, _ sums: UnsafePointer<Int64>, _ row: UnsafeMutableRawPointer,
    _ unsure: UnsafeMutablePointer<UInt8>
  ) {
    unsure.update(repeating: 1, count: output.width)
    let channels = output.color.channels
    let raised = Double(kernel.bias) / Double(kernel.divisor) + 0.5
    guard products[0].kept == channels, total != 0, abs(raised) < 0x1p20 else { return }
    // Windows over the border have a total of their own where nothing stands beyond it.
    var columns = 0..<output.width
    if live != nil {
      guard products[0].vertical.innerWindows.contains(y) else { return }
      columns = products[0].horizontal.innerWindows
    }
    let magnitude = Double(total.magnitude)
    var finish = conv_alpha_finish()
    finish.scale = magnitude / Double(kernel.divisor)
    finish.raised = raised
    finish.top = Double(output.sample.top)
    finish.opacity = finish.top / (magnitude * Double(input.sample.top))
    finish.opaque = isExact ? .min : Int64(abs(total)) * Int64(input.sample.top)
    finish.absolute = absolute ? 1 : 0
    finish.negative = total < 0 ? 1 : 0
    let first = columns.lowerBound
    let table = MicroKernels.current.table.pointee
    // Safety: `columns` lie within the row, whose sums are `channels` a pixel.
    if output.sample == .uint8 {
      table.divide_alpha_u8(
        sums + first * channels, channels, columns.count,
        row.assumingMemoryBound(to: UInt8.self) + first * channels, unsure + first, &finish)
    } else {
      table.divide_alpha_u16(
        sums + first * channels, channels, columns.count,
        row.assumingMemoryBound(to: UInt16.self) + first * channels, unsure + first, &finish)
    }
  }

  func fillAlpha(_ row: UnsafeMutableRawPointer) {
    let channels = output.color.channels
    for x in 0..<output.width {
      storeSample(Int64(output.sample.top), row, x * channels + channels - 1)
    }
  }

  func loadSample(_ row: UnsafeRawPointer, _ index: Int) -> Int64 {
    input.sample == .uint8
      ? Int64(row.load(fromByteOffset: index, as: UInt8.self))
      : Int64(row.load(fromByteOffset: 2 * index, as: UInt16.self))
  }

  func storeSample(_ value: Int64, _ row: UnsafeMutableRawPointer, _ index: Int) {
    if output.sample == .uint8 {
      row.storeBytes(of: UInt8(value), toByteOffset: index, as: UInt8.self)
    } else {
      row.storeBytes(of: UInt16(value), toByteOffset: 2 * index, as: UInt16.self)
    }
  }
}
