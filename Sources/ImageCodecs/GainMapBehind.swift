import CImageCodecs
import Raster

/// A gain map that is to stand behind a picture, and the index before it, which says where it lies.
///
/// What the index says is known when the picture is complete. So it is overwritten then; where the sink cannot go
/// back (pipes), the picture is held in memory until then.
struct GainMapBehind {
  let map: Metadata.GainMap
  /// Where the file goes, the map too.
  let sink: SinkHandle
  /// Where the picture goes.
  let target: SinkHandle
  /// Where the index stands in the file.
  private var start = 0

  /// What an index says as long as nothing is known.
  private static let placeholder = MultiPictureIndex(
    size: 0, other: (0, MultiPictureIndex.Kind.undefined), blockAt: 0)

  init(_ map: Metadata.GainMap, in sink: SinkHandle) throws(CodecError) {
    self.map = map
    self.sink = sink
    target = sink.canPatch ? sink : try SinkHandle(.memory)
  }

  /// Makes room for the index, the last of the segments.
  mutating func begin(_ writer: OpaquePointer) throws(CodecError) {
    let bytes = Self.placeholder.segment
    try call(.jpeg) { result in
      // Safety: C reads `count` bytes during the call.
      bytes.withUnsafeBufferPointer { buffer in
        let segment = codec_jpeg_segment(
          marker: Int32(JPEGSegment.application(2)), bytes: buffer.baseAddress,
          count: buffer.count)
        return codec_jpeg_writer_segment(writer, segment, &result)
      }
    }
    start = Int(codec_jpeg_writer_offset(writer)) - bytes.count
  }

  /// Completes the file whose picture is complete and flushed.
  ///
  /// - Throws: for a picture of 4 GiB, behind which an index cannot point.
  func finish(_ writer: OpaquePointer) throws(CodecError) {
    let size = Int(codec_jpeg_writer_offset(writer))
    guard size <= Int(UInt32.max), map.file.count <= Int(UInt32.max) else {
      throw .refusedByWriter(.jpeg, "a gain map behind 4 GiB")
    }
    let index = MultiPictureIndex(
      size: size, other: (map.file.count, map.type),
      blockAt: start + MultiPictureIndex.name.count)
    try target.patch(index.segment, at: start)
    if target !== sink { try sink.write(collectedBy: target) }
    try sink.write(map.file)
    try sink.flush()
  }

  /// Bytes that a picture takes at most which is held until it is complete.
  ///
  /// Noise in the finest quality takes 1.3 bytes a sample, and memory that grows is twice as large as what it holds.
  static func memory(_ format: PictureFormat) -> Int {
    format.bytesPerRow.saturatingProduct(format.height).saturatingProduct(3)
  }
}
