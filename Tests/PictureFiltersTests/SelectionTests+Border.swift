import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

/// What lies beyond the border.
extension SelectionTests {
  @Test("full padding gives every window that sees a sample, as NumPy's convolve does")
  func full() throws {
    // numpy.convolve([1, 2, 3], [1, 10, 100], 'full') = [1, 12, 123, 230, 300]
    var options = FilterOptions()
    options.geometry = try #require(StageGeometry().padded("full"))
    options.flip = true
    let result: [UInt16] = try filtered(
      picture(3, 1, [1, 2, 3] as [UInt16]), [correlate(kernel(3, 1, [1, 10, 100], scale: 1))],
      options)
    #expect(result == [1, 12, 123, 230, 300])
    var square = FilterOptions()
    square.geometry = try #require(StageGeometry().padded("full:replicate"))
    let plan = try FilterPlan(
      input: PictureFormat(width: 7, height: 5, color: .rgb, sample: .uint8),
      stages: [correlate(box(3, 5))], options: square)
    #expect((plan.output.width, plan.output.height) == (9, 9))
    for name in ["full:valid", "full:truncate", "full:", "fuller"] {
      #expect(StageGeometry().padded(name) == nil)
    }
  }

  @Test(
    "what is kept comes from where the anchor lies, however much is padded", arguments: [1, 2, 3],
    Array(0..<6))
  func kept(stride: Int, seed: Int) throws {
    var generator = SplitMix(seed)
    let gray = noise(Int.random(in: 1...40, using: &generator), 13, .gray, seed: seed)
    let format = PictureFormat(
      width: gray.format.width, height: 13, color: .rgba, sample: .uint8)
    func four(_ levels: [UInt8]) -> [UInt8] { levels.flatMap { [$0, $0, $0, $0] } }
    let picture = Picture(format, samples: four(gray.samples()))
    for extent in [PaddingExtent.full, .same, .explicit(top: 0, left: 4, bottom: 7, right: 1)] {
      let (width, height) = (
        Int.random(in: 1...5, using: &generator), Int.random(in: 1...5, using: &generator)
      )
      // It weighs the pixel under its anchor alone: filtered and kept channels stay the same.
      let anchor = Kernel.Anchor(
        x: Int.random(in: 0..<width, using: &generator),
        y: Int.random(in: 0..<height, using: &generator))
      var taps = [Double](repeating: 0, count: width * height)
      taps[anchor.y * width + anchor.x] = 1
      var single = kernel(width, height, taps)
      single.anchor = anchor
      var options = FilterOptions()
      options.geometry.padding = .replicate
      options.geometry.extent = extent
      options.geometry.strideX = stride
      options.geometry.dilationY = Int.random(in: 1...2, using: &generator)
      let expected = four(try run(gray, [correlate(single)], options).samples())
      for (alpha, channels) in [
        (AlphaRule.keep, ChannelChoice.all), (.keep, .luma), (.filter, .only([1])),
      ] {
        options.alpha = alpha
        options.channels = channels
        let result: [UInt8] = try run(picture, [correlate(single)], options).samples()
        #expect(result == expected, "\(extent), \(width)x\(height), \(anchor), \(channels)")
      }
    }
  }

  @Test("a border takes a colour of its own in each channel", arguments: [ColorModel.rgb, .rgba])
  func borderColor(color: ColorModel) throws {
    let opaque = noise(9, 7, .rgb, seed: 6)
    let format = PictureFormat(width: 9, height: 7, color: color, sample: .uint8)
    let source: [UInt8] = opaque.samples()
    let samples = (0..<63).flatMap { pixel -> [UInt8] in
      source[3 * pixel..<3 * pixel + 3] + (color == .rgba ? [255] : [])
    }
    var options = FilterOptions()
    options.geometry = try #require(StageGeometry().padded("constant:10,200,77"))
    let whole: [UInt8] = try run(
      Picture(format, samples: samples), [correlate(box(3, 3))], options
    ).samples()
    for channel in 0..<3 {
      options.geometry.padding = .constant([10, 200, 77][channel])
      let plane = stride(from: channel, to: source.count, by: 3).map { source[$0] }
      let alone: [UInt8] = try filtered(picture(9, 7, plane), [correlate(box(3, 3))], options)
      #expect(stride(from: channel, to: whole.count, by: color.channels).map { whole[$0] } == alone)
    }
    // Gray pictures take its luma; others refuse a wrong number.
    options.geometry.padding = .color([255, 255, 255])
    _ = try run(noise(9, 7, .gray, seed: 7), [correlate(box(3, 3))], options)
    options.geometry.padding = .color([1, 2, 3, 4])
    #expect(throws: FilterError.self) { try run(opaque, [correlate(box(3, 3))], options) }
  }
}
