import ConvEngine
import Testing
